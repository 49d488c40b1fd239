#include "helper_list.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>

bool listing_read(const struct fence_request *request, bool strict, struct listing *listing) {
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return false;
    const struct dirent *entry;
    bool room = true;
    listing->count = 0;
    while (room && (errno = 0, entry = readdir(proc)) != NULL) {
        uint64_t pid = 0;
        struct identity identity;
        if (!word_number(entry->d_name, &pid))
            continue; /* not a process */
        identity_read((pid_t)pid, request, strict, &identity);
        if (identity.likeness == LIKE_NOTHING)
            continue;
        room = listing->count < LISTING_MAX;
        if (room)
            listing->found[listing->count++] = identity;
        errno = 0;
    }
    bool complete = room && errno == 0;
    (void)closedir(proc); /* only read from */
    return complete;
}
