#include "lane_frames.h"

#include <endian.h>
#include <string.h>

#include "descriptors.h"

static _Alignas(LANE_BLOCK) unsigned char buffer[LANE_MAX_BYTES];

static uint32_t get32(const unsigned char *from) {
    uint32_t value;
    memcpy(&value, from, sizeof value);
    return le32toh(value);
}

static uint64_t get64(const unsigned char *from) {
    uint64_t value;
    memcpy(&value, from, sizeof value);
    return le64toh(value);
}

static unsigned char *put32(unsigned char *to, uint32_t value) {
    value = htole32(value);
    memcpy(to, &value, sizeof value);
    return to + sizeof value;
}

static unsigned char *put64(unsigned char *to, uint64_t value) {
    value = htole64(value);
    memcpy(to, &value, sizeof value);
    return to + sizeof value;
}

static bool fill(int fd, void *into, size_t size) { return read_whole(fd, into, size) == (ssize_t)size; }

static enum lane_frame read_step(int fd, struct lane_step *step, size_t *used, const char **why) {
    unsigned char head[13];
    if (!fill(fd, head, sizeof head))
        return LANE_FRAME_END;
    step->kind = head[0];
    step->offset = get64(head + 1);
    step->length = get32(head + 9);
    if (step->kind != LANE_STEP_WRITE && step->kind != LANE_STEP_READ) {
        *why = "a step that is neither a write nor a read";
        return LANE_FRAME_BAD;
    }
    /* Rounded up, so that the data of every step starts on a block even after a step of odd length. */
    uint64_t room = ((uint64_t)step->length + LANE_BLOCK - 1) / LANE_BLOCK * LANE_BLOCK;
    if (room > LANE_MAX_BYTES - *used) {
        *why = "an op of more than 16 MiB";
        return LANE_FRAME_BAD;
    }
    step->data = buffer + *used;
    *used += (size_t)room;
    if (step->kind == LANE_STEP_WRITE && !fill(fd, step->data, step->length))
        return LANE_FRAME_END;
    return LANE_FRAME_OK;
}

enum lane_frame lane_read_request(int fd, struct lane_request *request, const char **why) {
    unsigned char head[16];
    size_t used = 0;
    if (!fill(fd, head, sizeof head))
        return LANE_FRAME_END;
    if (get32(head) != LANE_REQUEST_MAGIC) {
        *why = "a frame that does not start with QFLQ";
        return LANE_FRAME_BAD;
    }
    request->op = get64(head + 4);
    request->count = get32(head + 12);
    if (request->count > LANE_MAX_STEPS) {
        *why = "an op of more than 4096 steps";
        return LANE_FRAME_BAD;
    }
    for (uint32_t i = 0; i < request->count; i++) {
        enum lane_frame result = read_step(fd, &request->steps[i], &used, why);
        if (result != LANE_FRAME_OK)
            return result;
    }
    return LANE_FRAME_OK;
}

static bool write_reads(int fd, const struct lane_request *request) {
    unsigned char length[4];
    for (uint32_t i = 0; i < request->count; i++) {
        const struct lane_step *step = &request->steps[i];
        if (step->kind != LANE_STEP_READ)
            continue;
        (void)put32(length, step->length);
        if (!write_whole(fd, length, sizeof length) || !write_whole(fd, step->data, step->length))
            return false;
    }
    return true;
}

bool lane_write_response(int fd, const struct lane_request *request, const struct lane_outcome *outcome) {
    /* A failed op answers no data at all: half a round must not look like a round. */
    uint32_t reads = 0;
    for (uint32_t i = 0; outcome->error == 0 && i < request->count; i++)
        reads += request->steps[i].kind == LANE_STEP_READ ? 1 : 0;

    unsigned char head[40];
    unsigned char *at = put32(head, LANE_RESPONSE_MAGIC);
    at = put64(at, request->op);
    at = put32(at, (uint32_t)outcome->error);
    at = put32(at, outcome->failed_step);
    at = put64(at, (uint64_t)outcome->start_ns);
    at = put64(at, (uint64_t)outcome->end_ns);
    at = put32(at, reads);
    if (!write_whole(fd, head, (size_t)(at - head)))
        return false;
    if (reads > 0 && !write_reads(fd, request))
        return false;

    size_t length = strlen(outcome->text);
    unsigned char text[2 + sizeof outcome->text];
    text[0] = (unsigned char)(length & 0xff);
    text[1] = (unsigned char)(length >> 8);
    memcpy(text + 2, outcome->text, length);
    return write_whole(fd, text, 2 + length);
}
