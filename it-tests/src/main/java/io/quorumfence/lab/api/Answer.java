package io.quorumfence.lab.api;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One HTTP answer. Status 0 means that none came (connection refused, closed, out of time), and the body then says why.
 *
 * @param receivedNs when it was there, on System.nanoTime's clock
 */
public record Answer(int status, JsonNode body, long receivedNs) {
    public boolean came() {
        return status != 0;
    }

    /** A text of the body, empty when it is not there. */
    public String text(String field) {
        return body.path(field).asText("");
    }
}
