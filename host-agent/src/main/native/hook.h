/* What the parts of qf-hook share. */
#ifndef QF_HOOK_H
#define QF_HOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "words.h"

enum hook_mode { MODE_OFF, MODE_WARN, MODE_ENFORCE };

/* What the agent has left of its configuration, for a boot in which it does not run yet too. */
struct hook_conf {
    enum hook_mode mode;
    char socket[100]; /* a socket's address holds no more */
    char run[100];
    unsigned deadline_ms;
};

enum conf_read { CONF_OK, CONF_NONE, CONF_WRONG };

/* NONE: there is no such file, so nobody has ever asked for a hook here. WRONG: there is, and it cannot be used. */
enum conf_read conf_read(const char *path, struct hook_conf *conf);

/* Takes the UUID from a domain's XML on fd, and reads the rest of it away. False: there is none, or no end by then. */
bool xml_uuid(int fd, int64_t deadline_ns, char uuid[UUID_CHARS + 1]);

/* The reservation of a migration that the XML read last tells of, by xml_marked on this host; 0 if it tells of none. */
uint64_t xml_reservation(void);

/* Writes the XML read last to fd with the reservation in its metadata: libvirt takes it as the VM's definition, so that
 * the start of the process that takes the VM in can be told from any other start. False: it cannot be written. */
bool xml_marked(int fd, uint64_t reservation);

/* A qemu of this VM, or one that does not say whose it is; 0 if there is none. Looks again until then. */
int64_t remains_of(const char *uuid, int64_t until_ns);

/* One line to the agent and one back, by the deadline. False with a reason. */
bool agent_ask(const struct hook_conf *conf, const char *line, int64_t deadline_ns, char *answer, unsigned room,
               const char **why);

/* Break-glass. Whether root lets this VM start now; what was given as a reason goes into text. */
bool glass_stands(const struct hook_conf *conf, const char *uuid, char *text, unsigned room);

/* Uses it up: once, and not past a barrier that was put up since. False: it does not stand any more. */
bool glass_spend(const struct hook_conf *conf, const char *uuid);

/* Leaves for the next agent that libvirt is done with this VM. */
void released_unheard(const struct hook_conf *conf, const char *uuid, int64_t said_ns);

/* Lets one VM start for a while. NULL, or what is wrong. */
const char *glass_break(const struct hook_conf *conf, const char *uuid, uint64_t seconds, const char *why);

/* Leaves for the agent that it was used: a file that it reads and removes, at its next start if it does not run. */
void glass_used(const struct hook_conf *conf, const char *uuid, const char *text);

/* Whether a sibling's shell has put up its barrier for a claim that this start does not know of. */
bool barrier_stands(const struct hook_conf *conf, uint64_t spent_below);

#endif
