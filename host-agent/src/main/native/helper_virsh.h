/* `virsh destroy`, which tells libvirt as well; asked politely and not for long, for libvirt's daemon may hang. */
#ifndef QF_HELPER_VIRSH_H
#define QF_HELPER_VIRSH_H

#include <stdint.h>

#include "helper_report.h"

#define VIRSH_AT_ONCE 16

/* Runs `virsh -c URI destroy UUID` for each VM, VIRSH_AT_ONCE at a time, and returns when all have ended or the
 * deadline (RAW) is there; what still runs then is killed. Its outcome proves nothing and is not reported. */
void virsh_destroy(const char *virsh, const char *uri, const char vms[][UUID_CHARS + 1], unsigned count,
                   int64_t deadline_ns);

#endif
