package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorumfence.agent.probe.clock.RawClock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A suspect for the fence helper: a run directory, and stand-ins for qemu under the names that tests need. */
final class FenceHost {

    static final long COUNTER = 7;

    private final Litter litter;
    private final Path programs;
    private final Path run;
    private final Path sleeper;
    private String virsh = "/bin/false";

    record Answer(JsonNode json, long millis) {
        String verdict() {
            return json.get("verdict").textValue();
        }

        String reason() {
            return json.get("reason").textValue();
        }

        JsonNode vm(String uuid) {
            for (JsonNode vm : json.get("vms")) {
                if (vm.get("vm").textValue().equals(uuid)) {
                    return vm;
                }
            }
            throw new AssertionError("no " + uuid + " in " + json);
        }

        String verdict(String uuid) {
            return vm(uuid).get("verdict").textValue();
        }

        String detail(String uuid) {
            return vm(uuid).get("detail").textValue();
        }
    }

    FenceHost(Litter litter, Path programs) throws IOException, InterruptedException {
        this.litter = litter;
        this.programs = programs;
        this.run = litter.memoryDir();
        this.sleeper = NativePrograms.compile("sleeper.c", programs.resolve("qemu-system-test"), "-pthread");
        incarnation(COUNTER);
    }

    Path run() {
        return run;
    }

    static String newVm() {
        return UUID.randomUUID().toString();
    }

    static String bootId() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim();
    }

    void incarnation(long counter) throws IOException {
        Files.writeString(run.resolve("incarnation"), "boot=" + bootId() + "\ncounter=" + counter + "\njoined=1\n");
    }

    void agent(long pid) throws IOException {
        Files.writeString(run.resolve("agent"), "pid=" + pid + "\n");
    }

    /** The words that agent and keeper share, in ms from now; 0 for a step that an older agent does not tell. */
    void page(long movedMs, long awakeMs, long leaseEndMs) throws IOException {
        long now = new RawClock().nowNs();
        ByteBuffer page = ByteBuffer.allocate(4_096).order(ByteOrder.LITTLE_ENDIAN);
        page.putLong(0, 0x3130504B46514B51L);
        page.putLong(120, now + leaseEndMs * 1_000_000);
        page.putLong(192, movedMs == 0 ? 0 : now + movedMs * 1_000_000);
        page.putLong(200, awakeMs == 0 ? 0 : now + awakeMs * 1_000_000);
        Files.write(run.resolve("keeper"), page.array());
    }

    /** Starts a stand-in for a VM and waits until it runs its own program. */
    Process vm(String... arguments) throws IOException, InterruptedException {
        return program("qemu-system-test", arguments);
    }

    Process program(String name, String... arguments) throws IOException, InterruptedException {
        Path program = programs.resolve(name);
        if (Files.notExists(program)) {
            Files.copy(sleeper, program);
        }
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Process process = litter.start(new ProcessBuilder(command));
        Litter.await("it runs", () -> runs(process.pid(), program));
        return process;
    }

    private static boolean runs(long pid, Path program) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).equals(program.toRealPath());
        } catch (IOException leaderEnded) {
            String name = program.getFileName().toString();
            return comm(pid).equals(name.substring(0, Math.min(15, name.length())));
        }
    }

    static String comm(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm")).trim();
        } catch (IOException gone) {
            return "";
        }
    }

    /** A FAKE virsh: a shell script of the test. */
    Path fakeVirsh(String script) throws IOException {
        Path path = programs.resolve("virsh-fake");
        Files.writeString(path, "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        virsh = path.toString();
        return path;
    }

    static String line(long counter, String vms) throws IOException {
        return "fence v1 boot=" + bootId() + " counter=" + counter + " token=3 vms=" + vms;
    }

    Answer fence(String vms, String... options) throws IOException, InterruptedException {
        return ask(line(COUNTER, vms), options);
    }

    Answer ask(String line, String... options) throws IOException, InterruptedException {
        return answer(begin(line, options));
    }

    Process begin(String line, String... options) throws IOException {
        Process process = litter.start(new ProcessBuilder(command(options)));
        process.getOutputStream().write((line + "\n").getBytes());
        process.getOutputStream().flush();
        return process;
    }

    static Answer answer(Process process) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Litter.Result result = Litter.end(process);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).hasLineCount(1).endsWith("}\n");
        JsonNode json = new ObjectMapper().readTree(result.out());
        assertThat(json.get("v").intValue()).isEqualTo(1);
        return new Answer(json, (System.nanoTime() - start) / 1_000_000);
    }

    Litter.Result refused(String input, String... options) throws IOException, InterruptedException {
        Process process = litter.start(new ProcessBuilder(command(options)));
        try (OutputStream requests = process.getOutputStream()) {
            requests.write(input.getBytes());
        } catch (IOException refusedBeforeItsEnd) {
            // What it says about that comes next.
        }
        return Litter.end(process);
    }

    List<String> command(String... options) {
        List<String> command = new ArrayList<>(
                List.of(NativePrograms.path("qf-fence-helper"), "--run", run.toString(), "--virsh", virsh));
        command.addAll(List.of(options));
        return command;
    }
}
