package io.quorumfence.lab.scenario;

import java.util.List;
import java.util.Map;

/** Who and what a scenario speaks of; names that are not in it are refused where they stand. */
record Cast(List<String> hosts, List<String> storages, Map<String, String> vms, int coordinators) {

    Cast {
        hosts = List.copyOf(hosts);
        storages = List.copyOf(storages);
        vms = Map.copyOf(vms);
    }

    String host(Yaml value) {
        if (!hosts.contains(value.text())) {
            throw value.wrong("no host '" + value.text() + "'; the scenario has " + hosts);
        }
        return value.text();
    }

    /** A host's name in a request; {@code stranger} is one that the cell does not have. */
    String hostOrStranger(Yaml value) {
        return value.text().equals("stranger") ? value.text() : host(value);
    }

    /** A host, or {@code any}: whichever is still powered and is not the last host. */
    String destination(Yaml value) {
        return value.text().equals("any") ? value.text() : hostOrStranger(value);
    }

    /** One or several hosts; {@code all} is every one. */
    List<String> hosts(Yaml value) {
        if (!value.isList() && value.text().equals("all")) {
            return hosts;
        }
        return value.isList() ? value.items().stream().map(this::host).toList() : List.of(host(value));
    }

    /** A VM: one of the scenario's, wherever it runs. */
    String vm(Yaml value) {
        if (!vms.containsKey(value.text())) {
            throw value.wrong("no VM '" + value.text() + "'; the scenario has " + vms.keySet());
        }
        return value.text();
    }

    /** Quorum storages by name; {@code all}, {@code vm} (the VMs' disks) and {@code journal} (the agent's own disk). */
    List<String> storages(Yaml value) {
        if (!value.isList() && value.text().equals("all")) {
            return storages;
        }
        List<Yaml> items = value.isList() ? value.items() : List.of(value);
        for (Yaml item : items) {
            boolean known = storages.contains(item.text())
                    || item.text().equals("vm")
                    || item.text().equals("journal");
            if (!known) {
                throw item.wrong(
                        "no storage '" + item.text() + "'; the scenario has " + storages + ", and vm and journal");
            }
        }
        return items.stream().map(Yaml::text).toList();
    }

    int coordinator(Yaml value) {
        if (value.number() < 1 || value.number() > coordinators) {
            throw value.wrong("no coordinator " + value.number() + "; the scenario has " + coordinators);
        }
        return value.number();
    }
}
