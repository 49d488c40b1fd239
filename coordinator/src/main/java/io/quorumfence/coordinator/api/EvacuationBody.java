package io.quorumfence.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quorumfence.model.HostId;
import io.quorumfence.model.VmId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/hosts/{host}/evacuations}. Any thread.
 *
 * @param requestId the requests are called this, a dot, and the VM; null when the caller gave none
 * @param destinations the VMs are spread over these by their ids
 * @param places destinations of single VMs, instead
 * @param vms only these VMs; empty means all that the cell knows of
 * @param priorities of single VMs, instead of {@code priority}
 */
record EvacuationBody(
        @Nullable String requestId,
        List<HostId> destinations,
        Map<VmId, HostId> places,
        List<VmId> vms,
        int priority,
        Map<VmId, Integer> priorities,
        List<HostId> siblings,
        long waitMs) {
    /** With a dot and a UUID it is a request id. */
    static final int ID_MAX = 27;

    private static final Set<String> KNOWN =
            Set.of("requestId", "destinations", "places", "vms", "priority", "priorities", "siblings", "wait");

    static EvacuationBody read(byte[] bytes) throws BadBody {
        JsonNode tree = StartRequestBody.tree(bytes);
        for (String name : (Iterable<String>) tree::fieldNames) {
            if (!KNOWN.contains(name)) {
                throw new BadBody("field '" + StartRequestBody.shown(name) + "' is not known here");
            }
        }
        EvacuationBody body = new EvacuationBody(
                requestId(tree),
                StartRequestBody.hosts(tree, "destinations"),
                places(tree),
                vms(tree),
                StartRequestBody.priority(tree),
                priorities(tree),
                StartRequestBody.hosts(tree, "siblings"),
                StartRequestBody.waitMs(tree));
        if (body.destinations().isEmpty() && body.places().isEmpty()) {
            throw new BadBody("field 'destinations' must name at least one host, or 'places' one for each VM");
        }
        return body;
    }

    private static @Nullable String requestId(JsonNode tree) throws BadBody {
        String id = StartRequestBody.requestId(tree);
        if (id != null && id.length() > ID_MAX) {
            throw new BadBody("field 'requestId' must have at most " + ID_MAX + " characters: the VM's id is added");
        }
        return id;
    }

    private static List<VmId> vms(JsonNode tree) throws BadBody {
        JsonNode value = tree.get("vms");
        List<VmId> vms = new ArrayList<>();
        if (value == null || value.isNull()) {
            return vms;
        }
        if (!value.isArray() || value.isEmpty() || value.size() > BatchBody.REQUESTS_MAX) {
            throw new BadBody("field 'vms' must be a list of 1 to " + BatchBody.REQUESTS_MAX + " UUIDs");
        }
        for (JsonNode item : value) {
            vms.add(StartRequestBody.vm("vms", item.isTextual() ? item.textValue() : item.toString()));
        }
        return vms.stream().distinct().toList();
    }

    private static Map<VmId, HostId> places(JsonNode tree) throws BadBody {
        Map<VmId, HostId> places = new LinkedHashMap<>();
        JsonNode value = mapping(tree, "places");
        for (String vm : (Iterable<String>) value::fieldNames) {
            places.put(StartRequestBody.vm("places", vm), StartRequestBody.need(value, vm, HostId::new, "a host id"));
        }
        return places;
    }

    private static Map<VmId, Integer> priorities(JsonNode tree) throws BadBody {
        Map<VmId, Integer> priorities = new LinkedHashMap<>();
        JsonNode value = mapping(tree, "priorities");
        for (String vm : (Iterable<String>) value::fieldNames) {
            ObjectNode one = JsonNodeFactory.instance.objectNode();
            one.set("priority", value.get(vm));
            priorities.put(StartRequestBody.vm("priorities", vm), StartRequestBody.priority(one));
        }
        return priorities;
    }

    private static JsonNode mapping(JsonNode tree, String name) throws BadBody {
        JsonNode value = tree.get(name);
        if (value == null || value.isNull()) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (!value.isObject() || value.size() > BatchBody.REQUESTS_MAX) {
            throw new BadBody("field '" + name + "' must be an object with at most " + BatchBody.REQUESTS_MAX + " VMs");
        }
        return value;
    }
}
