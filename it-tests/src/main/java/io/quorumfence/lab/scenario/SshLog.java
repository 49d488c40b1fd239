package io.quorumfence.lab.scenario;

import io.quorumfence.lab.ground.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who was let in, by an sshd's own log. */
final class SshLog {
    private static final Pattern ACCEPTED =
            Pattern.compile("Accepted publickey for \\S+ from 10\\.77\\.\\d+\\.(\\d+) ");

    private SshLog() {}

    static Set<String> siblings(Path log) {
        Set<String> hosts = new TreeSet<>();
        if (!Files.exists(log)) {
            return hosts;
        }
        try {
            Matcher accepted = ACCEPTED.matcher(Files.readString(log));
            while (accepted.find()) {
                hosts.add("h" + accepted.group(1));
            }
            return hosts;
        } catch (IOException e) {
            throw new LabException("cannot read " + log + ": " + e.getMessage(), e);
        }
    }
}
