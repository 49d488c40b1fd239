package io.quorumfence.lab.ground;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the machine keeps control groups of the second kind; all of a lab's processes live in one. */
final class Cgroup {
    private Cgroup() {}

    static Path of(String labId) {
        return Stream.of("/sys/fs/cgroup/unified", "/sys/fs/cgroup")
                .map(Path::of)
                .filter(root -> Files.exists(root.resolve("cgroup.procs")))
                .filter(root -> Files.exists(root.resolve("cgroup.controllers")))
                .findFirst()
                .map(root -> root.resolve("qflab-" + labId))
                .orElseThrow(() -> new LabException("the lab needs cgroup v2 (hybrid will do); none is mounted here"));
    }
}
