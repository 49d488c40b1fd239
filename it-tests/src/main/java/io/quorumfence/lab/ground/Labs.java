package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** The labs on this machine. Each is a directory below one base; what it owns is named in its lab.env. */
public final class Labs {
    private Labs() {}

    /** QF_LAB_DIR, else a directory that outlives the process, for a lab may be left up. */
    public static Path base() {
        String named = System.getenv("QF_LAB_DIR");
        return Path.of(named == null || named.isBlank() ? "/var/tmp/qf-lab" : named);
    }

    public static String freshId() {
        return String.format(Locale.ROOT, "%05x", ThreadLocalRandom.current().nextInt(0x10000, 0x100000));
    }

    /** Ids of the labs that exist, those of dead owners too. */
    public static List<String> ids() {
        if (!Files.isDirectory(base())) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(base())) {
            return found.filter(dir -> Files.exists(dir.resolve("lab.env")))
                    .map(dir -> dir.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new LabException("cannot list " + base() + ": " + e.getMessage(), e);
        }
    }

    /** The process that runs scenarios in this lab, if it is still there; a lab that was left up has none. */
    public static boolean ownerLives(String id) {
        return Namespaces.livePid(base().resolve(id).resolve("owner.pid")).isPresent();
    }

    /** Words that run what follows inside a host of a lab. */
    public static List<String> inside(String id, String host) {
        return Namespaces.all(base().resolve(id).resolve("boxes").resolve(host).resolve("ctl/pid"));
    }

    /** Removes everything that the lab made. Works for labs whose owner died. */
    public static void remove(Checkout checkout, String id) {
        Command.of("bash", checkout.scripts().resolve("box.sh"), "down", base().resolve(id))
                .check("cannot take down lab " + id);
    }
}
