package io.quorumfence.agent.effect.power;

import io.quorumfence.agent.effect.local.Await;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** A real BMC's simulator (OpenIPMI's) on loopback; its chassis is a file that says 0 or 1. */
final class IpmiSim implements AutoCloseable {
    private final Process process;
    private final Path directory;
    private final int port;

    private IpmiSim(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    static boolean isPossible() {
        return Files.isExecutable(Path.of("/usr/bin/ipmi_sim"))
                && Files.isExecutable(Path.of("/usr/sbin/fence_ipmilan"))
                && Files.isExecutable(Path.of("/usr/bin/ipmitool"));
    }

    static IpmiSim start(Path directory) throws IOException {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path chassis = directory.resolve("chassis");
        Files.writeString(
                chassis,
                "#!/bin/sh\ncd " + directory + "\ncase \"$1 $2\" in\n \"get power\") echo \"power:$(cat power)\";;\n"
                        + " \"set power\") echo \"$3\" > power; echo \"set $3\" >> said;;\nesac\n");
        Files.setPosixFilePermissions(chassis, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("power"), "1\n");
        Files.writeString(directory.resolve("said"), "");
        Files.writeString(
                directory.resolve("lan"),
                "name \"bmc\"\nset_working_mc 0x20\nstartlan 1\naddr 127.0.0.1 " + port + "\npriv_limit admin\n"
                        + "allowed_auths_admin md5\nguid a123456789abcdefa123456789abcdef\nendlan\nchassis_control \""
                        + chassis + "\"\nuser 1 true \"\" \"\" user 10 none\n"
                        + "user 2 true \"fence\" \"planted-word\" admin 10 md5\n");
        Files.writeString(
                directory.resolve("emu"),
                "mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02\nmc_enable 0x20\n");
        Process process = new ProcessBuilder("/usr/bin/ipmi_sim", "-c", "lan", "-f", "emu", "-s", "state", "-n")
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("log").toFile())
                .redirectErrorStream(true)
                .start();
        String line = String.format(":%04X ", port);
        Await.until("ipmi_sim listens", () -> isIn(Path.of("/proc/net/udp"), line));
        Files.writeString(directory.resolve("secret"), "planted-word\n");
        return new IpmiSim(process, directory, port);
    }

    private static boolean isIn(Path file, String words) {
        try {
            return Files.readString(file).contains(words);
        } catch (IOException e) {
            return false;
        }
    }

    PowerDevice device() {
        return new PowerDevice(
                "fence_ipmilan",
                Map.of(
                        "ip", "127.0.0.1",
                        "ipport", Integer.toString(port),
                        "username", "fence",
                        "lanplus", "1",
                        "cipher", "3",
                        "power_wait", "0"),
                "password",
                Optional.of(directory.resolve("secret")),
                java.util.List.of());
    }

    void power(boolean on) throws IOException {
        Files.writeString(directory.resolve("power"), on ? "1\n" : "0\n");
    }

    boolean isOn() {
        return isIn(directory.resolve("power"), "1");
    }

    /** What was set, a line each. */
    String said() throws IOException {
        return Files.readString(directory.resolve("said"));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
