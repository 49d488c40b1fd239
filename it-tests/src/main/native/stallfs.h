/* The gate of qf-stallfs: every request passes it; rules set over the control socket hang, fail or slow it. */
#ifndef QF_STALLFS_H
#define QF_STALLFS_H
#include <stddef.h>
#include <sys/types.h>

enum gate_op { OP_READ, OP_WRITE, OP_OTHER };

/* Waits as the rules say. 0 = carry the request out, else the errno to answer. Any thread. */
int gate_pass(const char *path, enum gate_op op, off_t off, size_t len);

/* Starts the control thread on a unix socket; events go to the log file if one is given. 0 or -1 with a message. */
int gate_listen(const char *socket_path, const char *log_path);

/* Client side: sends one command, prints the answer. The exit code for main. */
int gate_send(const char *socket_path, int words, char **word);
#endif
