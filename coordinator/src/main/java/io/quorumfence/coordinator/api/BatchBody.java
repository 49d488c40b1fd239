package io.quorumfence.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The body of {@code POST /v1/start-requests/batch}, read as strictly as a single one. Any thread. */
record BatchBody(List<StartRequestBody> requests, long waitMs) {
    static final int REQUESTS_MAX = 500;

    static BatchBody read(byte[] bytes) throws BadBody {
        JsonNode tree = StartRequestBody.tree(bytes);
        for (String name : (Iterable<String>) tree::fieldNames) {
            if (!Set.of("requests", "wait").contains(name)) {
                throw new BadBody("field '" + StartRequestBody.shown(name) + "' is not known here");
            }
        }
        JsonNode list = tree.get("requests");
        if (list == null || !list.isArray() || list.isEmpty() || list.size() > REQUESTS_MAX) {
            throw new BadBody("field 'requests' must be a list of 1 to " + REQUESTS_MAX + " start requests");
        }
        List<StartRequestBody> requests = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (JsonNode item : list) {
            StartRequestBody one = one(item, requests.size());
            if (!ids.add(String.valueOf(one.requestId()))) {
                throw new BadBody("requests[" + requests.size() + "]: request id " + one.requestId() + " comes twice");
            }
            requests.add(one);
        }
        return new BatchBody(List.copyOf(requests), StartRequestBody.waitMs(tree));
    }

    private static StartRequestBody one(JsonNode item, int place) throws BadBody {
        try {
            if (!item.isObject() || item.has("wait")) {
                throw new BadBody("must be an object without a wait of its own");
            }
            StartRequestBody read = StartRequestBody.read(item);
            String id = read.requestId() == null ? UUID.randomUUID().toString() : read.requestId();
            return new StartRequestBody(id, read.question(), 0);
        } catch (BadBody e) {
            throw new BadBody("requests[" + place + "]: " + e.getMessage());
        }
    }
}
