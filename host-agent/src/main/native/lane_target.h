/* The file or block device of one quorum storage, opened anew for each op. */
#ifndef QF_LANE_TARGET_H
#define QF_LANE_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "lane_frames.h"

struct lane_target {
    const char *path;
    const char *mount; /* NULL: the path is a block device, nothing has to be mounted */
};

struct lane_open {
    int fd;
    uint64_t size;
    bool direct; /* O_DIRECT was accepted */
    bool block_device;
};

/* Fills `open` and returns 0, or returns LANE_NOT_MOUNTED or LANE_CANNOT_OPEN with outcome->text set. */
int32_t lane_target_open(const struct lane_target *target, struct lane_open *open, struct lane_outcome *outcome);

#endif
