/* The lane's protocol on stdin and stdout, little endian.
 *
 * request:  u32 "QFLQ", u64 opId, u32 steps, per step: u8 kind, u64 offset, u32 len, [len bytes if a write]
 * response: u32 "QFLR", u64 opId, i32 error, u32 failedStep, i64 startNs, i64 endNs,
 *           u32 reads, per read: u32 len, bytes; u16 textLen, text */
#ifndef QF_LANE_FRAMES_H
#define QF_LANE_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#define LANE_REQUEST_MAGIC UINT32_C(0x514C4651)
#define LANE_RESPONSE_MAGIC UINT32_C(0x524C4651)

#define LANE_BLOCK 4096U
#define LANE_MAX_BYTES (16U * 1024U * 1024U) /* written and read bytes of one op together */
#define LANE_MAX_STEPS (LANE_MAX_BYTES / LANE_BLOCK)

#define LANE_STEP_WRITE 1
#define LANE_STEP_READ 2

/* Own codes; what is below 1000 is the kernel's errno. */
#define LANE_NOT_MOUNTED 1001
#define LANE_SHORT 1002
#define LANE_CANNOT_OPEN 1003

struct lane_step {
    uint8_t kind;
    uint64_t offset;
    uint32_t length;
    unsigned char *data; /* block-aligned, as O_DIRECT wants it */
};

struct lane_request {
    uint64_t op;
    uint32_t count;
    struct lane_step steps[LANE_MAX_STEPS];
};

struct lane_outcome {
    int32_t error;
    uint32_t failed_step;
    int64_t start_ns;
    int64_t end_ns;
    char text[160];
};

enum lane_frame { LANE_FRAME_OK, LANE_FRAME_END, LANE_FRAME_BAD };

/* Reads one whole request; its data lies in one static buffer that the next call reuses. END: the stream ended,
 * between two frames or within one. BAD: *why says what; the stream cannot be trusted any further. */
enum lane_frame lane_read_request(int fd, struct lane_request *request, const char **why);

/* False: nobody reads our answers any more. */
bool lane_write_response(int fd, const struct lane_request *request, const struct lane_outcome *outcome);

#endif
