package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Ways into the namespaces of a lab. They have no names: each is entered through a process that lives in it. */
final class Namespaces {
    private Namespaces() {}

    /** Words that run what follows in the network namespace of the process whose number the file holds. */
    static List<String> network(Path pidFile) {
        return List.of("nsenter", "--target", pid(pidFile), "--net", "--");
    }

    /** Words that run what follows inside a box, as its root. */
    static List<String> all(Path pidFile) {
        return List.of("nsenter", "--target", pid(pidFile), "--net", "--pid", "--mount", "--uts", "--ipc", "--");
    }

    private static String pid(Path pidFile) {
        return Long.toString(livePid(pidFile)
                .orElseThrow(() -> new LabException(pidFile.getName(pidFile.getNameCount() - 1) + ": "
                        + pidFile.getParent() + " is not powered on")));
    }

    /** The number in the file, if a process has it. */
    static OptionalLong livePid(Path pidFile) {
        try {
            long pid = Long.parseLong(Files.readString(pidFile).strip());
            return Files.exists(Path.of("/proc", Long.toString(pid))) ? OptionalLong.of(pid) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
