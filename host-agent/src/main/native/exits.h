/* The exit codes of the native programs. */
#ifndef QF_EXITS_H
#define QF_EXITS_H

#define EXIT_OK 0
#define EXIT_LANE_HELD 3     /* the predecessor of this lane still lives */
#define EXIT_BAD_INPUT 64    /* wrong options or a request that cannot be understood */
#define EXIT_UNAVAILABLE 69  /* the options are fine, the thing they name is not to be had */

#endif
