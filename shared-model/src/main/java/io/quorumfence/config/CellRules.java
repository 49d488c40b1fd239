package io.quorumfence.config;

import io.quorumfence.model.PlaneId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What the members, planes, storages and the storm guard of a cell must be. Pure; any thread. */
public final class CellRules {
    public static final int MEMBERS_MAX = 256;
    public static final int STORAGES_MAX = 5;
    public static final int PLANES_MAX = 4;

    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:.*:)[0-9A-Fa-f:.]{2,45}");
    private static final Pattern NAME = Pattern.compile("(?=.*[A-Za-z])[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*");
    private static final Pattern HOST_KEY =
            Pattern.compile("(ssh-[a-z0-9-]+|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/]+=*( .*)?");
    private static final Pattern USER = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

    private final CellConfig config;

    private CellRules(CellConfig config) {
        this.config = config;
    }

    /**
     * Judges a cell.
     *
     * @param loopback whether hosts are plain processes of one machine: files then need no mount, and nobody has an
     *     address that another machine could reach
     * @throws ConfigException at the first thing that cannot be
     */
    public static void check(CellConfig config, boolean loopback) {
        CellRules rules = new CellRules(config);
        rules.planes();
        rules.members(loopback);
        rules.storages(loopback);
        rules.storm();
    }

    private static ConfigException wrong(String key, String why) {
        return new ConfigException(key + ": " + why);
    }

    private static void count(String key, int count, int max) {
        if (count < 1 || count > max) {
            throw wrong(key, count + " entries, must be 1 to " + max);
        }
    }

    /** Refuses what another entry has already. */
    private static void unique(Map<String, String> seen, String value, String key) {
        String before = seen.putIfAbsent(value, key);
        if (before != null) {
            throw wrong(key, "'" + value + "' is the same as " + before);
        }
    }

    private void planes() {
        count("planes", config.planes().size(), PLANES_MAX);
        Map<String, String> seen = new HashMap<>();
        for (int i = 0; i < config.planes().size(); i++) {
            unique(seen, config.planes().get(i).value(), "planes[" + i + "]");
        }
    }

    private void members(boolean loopback) {
        count("members", config.members().size(), MEMBERS_MAX);
        Map<String, String> hosts = new HashMap<>();
        Map<String, String> addresses = new HashMap<>();
        for (int i = 0; i < config.members().size(); i++) {
            String key = "members[" + i + "]";
            Member member = config.members().get(i);
            unique(hosts, member.host().value(), key + ".host");
            addresses(member, key, addresses);
            if (loopback) {
                onThisMachine(member, key);
            }
            member.ssh().ifPresent(target -> ssh(target, key + ".ssh"));
        }
        if (!config.hosts().contains(config.host())) {
            throw wrong(
                    "host",
                    "'" + config.host() + "' is not among members, which are " + config.hosts()
                            + "; every host of the cell has the same list");
        }
    }

    private void addresses(Member member, String key, Map<String, String> seen) {
        for (PlaneId plane : config.planes()) {
            String at = key + ".addresses." + plane;
            String address = member.addresses().get(plane);
            if (address == null) {
                throw wrong(at, "is missing; every member has an address on every plane");
            }
            address(at, address);
            unique(seen, address, at);
        }
        Set<PlaneId> strange = new HashSet<>(member.addresses().keySet());
        config.planes().forEach(strange::remove);
        if (!strange.isEmpty()) {
            throw wrong(key + ".addresses", "plane " + strange + " is not among planes, which are " + config.planes());
        }
    }

    private static void onThisMachine(Member member, String key) {
        member.addresses().forEach((plane, address) -> {
            if (!address.startsWith("127.") || !IPV4.matcher(address).matches()) {
                throw wrong(
                        key + ".addresses." + plane,
                        "'" + address + "' is not in 127.0.0.0/8; libvirt.driver: process is for a demonstration on one"
                                + " machine, and real hosts need driver: libvirt");
            }
        });
    }

    private static void address(String key, String address) {
        boolean known = IPV4.matcher(address).matches()
                || IPV6.matcher(address).matches()
                || NAME.matcher(address).matches();
        if (!known) {
            throw wrong(key, "'" + address + "' is no IP address or host name");
        }
    }

    private static void ssh(SshTarget target, String key) {
        count(key + ".addresses", target.addresses().size(), 8);
        for (int i = 0; i < target.addresses().size(); i++) {
            address(key + ".addresses[" + i + "]", target.addresses().get(i));
        }
        port(key + ".port", target.port());
        if (!USER.matcher(target.user()).matches()) {
            throw wrong(key + ".user", "'" + target.user() + "' is no user name");
        }
        if (!HOST_KEY.matcher(target.hostKey()).matches()) {
            throw wrong(
                    key + ".hostKey",
                    "is no public host key; copy the line of the host's /etc/ssh/ssh_host_ed25519_key.pub here");
        }
    }

    private static void port(String key, int port) {
        if (port < 1 || port > 65_535) {
            throw wrong(key, port + " is no port, must be 1 to 65535");
        }
    }

    private void storages(boolean loopback) {
        count("storages", config.storages().size(), STORAGES_MAX);
        Map<String, String> ids = new HashMap<>();
        Map<String, String> paths = new HashMap<>();
        List<StorageSpec> storages = config.storages();
        for (int i = 0; i < storages.size(); i++) {
            String key = "storages[" + i + "]";
            unique(ids, storages.get(i).id().value(), key + ".id");
            unique(paths, storages.get(i).path(), key + ".path");
            path(storages.get(i), key, loopback);
        }
    }

    private static void path(StorageSpec storage, String key, boolean loopback) {
        absolute(key + ".path", storage.path());
        boolean device = storage.path().startsWith("/dev/");
        if (storage.mount().isPresent()) {
            String mount = storage.mount().get();
            absolute(key + ".mount", mount);
            if (mount.replace("/", "").isEmpty()) {
                throw wrong(
                        key + ".mount", "'/' is always mounted and so proves nothing; name the storage's own mount");
            }
            if (!storage.path().startsWith(mount.endsWith("/") ? mount : mount + "/")) {
                throw wrong(key + ".path", "'" + storage.path() + "' is not below its mount '" + mount + "'");
            }
        } else if (!device && !loopback) {
            throw wrong(
                    key + ".mount",
                    "is missing; a file needs its mount directory, or beats would land in the empty directory below");
        }
    }

    private static void absolute(String key, String path) {
        if (!path.startsWith("/") || path.contains("/../") || path.endsWith("/..")) {
            throw wrong(key, "'" + path + "' must be an absolute path without '..'");
        }
    }

    private void storm() {
        int max = Math.max(1, config.members().size() - 1);
        if (config.stormLimit() < 0 || config.stormLimit() > max) {
            throw wrong(
                    "storm.limit",
                    config.stormLimit() + " is out of range, 0 (the published share) to " + max
                            + ": at least one host of " + config.members().size() + " must be left");
        }
        DeadlineRules.range("storm.window", config.stormWindow(), Duration.ofSeconds(1), Duration.ofHours(24));
    }
}
