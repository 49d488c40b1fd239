/* The one line the fence helper is asked with:
 * fence v1 boot=<uuid> counter=<n> token=<n> vms=all|<uuid>[,<uuid>] [keep=<uuid>[,<uuid>]]
 * VMs behind keep= are left alone; they go with vms=all only. */
#ifndef QF_HELPER_LINE_H
#define QF_HELPER_LINE_H

#include "helper_report.h"

/* Reads up to the newline, at latest until the deadline (RAW). NULL, or what is wrong. */
const char *line_read(int fd, int64_t deadline_ns, char **line);

/* Takes the line apart (and changes it). NULL, or what is wrong. */
const char *line_parse(char *line, bool self, struct fence_request *request);

#endif
