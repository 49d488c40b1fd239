/* The processes that matter, at one look. */
#ifndef QF_HELPER_LIST_H
#define QF_HELPER_LIST_H

#include "helper_identity.h"

#define LISTING_MAX (2 * HELPER_MAX_VMS)

struct listing {
    unsigned count;
    struct identity found[LISTING_MAX];
};

/* False: /proc could not be read to its end, the listing proves nothing. */
bool listing_read(const struct fence_request *request, bool strict, struct listing *listing);

#endif
