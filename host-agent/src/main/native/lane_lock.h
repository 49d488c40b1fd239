/* One lane per storage: the lock that its process holds until it is really gone. */
#ifndef QF_LANE_LOCK_H
#define QF_LANE_LOCK_H

enum lane_lock { LANE_LOCK_TAKEN, LANE_LOCK_HELD, LANE_LOCK_FAILED };

/* Takes the lock and leaves our pid in the file. HELD: *owner is the pid found there, 0 if none can be read.
 * FAILED: errno says why. The descriptor is never closed: the kernel does it when the process has ended. */
enum lane_lock lane_lock_take(const char *path, long *owner);

#endif
