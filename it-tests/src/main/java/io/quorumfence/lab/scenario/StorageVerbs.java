package io.quorumfence.lab.scenario;

import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.ground.StorageFaults;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Storages that misbehave, for one host or for several; the others see nothing of it. */
final class StorageVerbs {
    private static final List<String> ERRORS = List.of("EIO", "EROFS", "ENOSPC", "EACCES", "ESTALE", "ENOENT");
    private static final List<String> WHAT = List.of("all", "writes");

    private StorageVerbs() {}

    static void addTo(Map<String, Verb> verbs) {
        verbs.put("hang", (value, cast) -> {
            Keys keys = value.keys("hang");
            boolean writes = keys.oneOf("what", WHAT, "all").equals("writes");
            return faulty(keys, cast, (faults, path) -> faults.hang(writes, path));
        });
        verbs.put("release", (value, cast) -> {
            Keys keys = value.keys("release");
            boolean drop = keys.flag("drop", false);
            return faulty(keys, cast, (faults, path) -> faults.release(drop, path));
        });
        verbs.put("fail", (value, cast) -> {
            Keys keys = value.keys("fail");
            String error = keys.need("error").oneOf(ERRORS);
            boolean writes = keys.oneOf("what", WHAT, "all").equals("writes");
            return faulty(keys, cast, (faults, path) -> faults.fail(error, writes, path));
        });
        verbs.put(
                "fill",
                (value, cast) -> faulty(value.keys("fill"), cast, (faults, path) -> faults.fail("ENOSPC", true, path)));
        verbs.put("slow", (value, cast) -> {
            Keys keys = value.keys("slow");
            Duration by = keys.need("by").duration();
            boolean writes = keys.oneOf("what", WHAT, "all").equals("writes");
            return faulty(keys, cast, (faults, path) -> faults.slow(by.toMillis(), writes, path));
        });
        verbs.put("mend", (value, cast) -> faulty(value.keys("mend"), cast, StorageFaults::mend));
        verbs.put("corrupt", StorageVerbs::corrupt);
    }

    private static Action faulty(Keys keys, Cast cast, BiConsumer<StorageFaults, String> fault) {
        List<String> hosts = cast.hosts(keys.need("host"));
        List<String> storages = cast.storages(keys.need("storage"));
        String path = keys.text("path", "");
        if (!path.isEmpty() && !path.startsWith("/")) {
            throw keys.wrong("path '" + path + "' starts with '/', it is below the mount");
        }
        keys.end();
        return (stage, step) -> {
            long at = System.nanoTime();
            eachView(stage, hosts, storages, faults -> fault.accept(faults, path));
            return at;
        };
    }

    private static void eachView(Stage stage, List<String> hosts, List<String> storages, Consumer<StorageFaults> what) {
        for (String host : hosts) {
            for (String storage : storages) {
                what.accept(stage.cell().lab().box(host).faults(storage));
            }
        }
    }

    /** Scribbles over the shared file itself, so for all hosts alike. */
    private static Action corrupt(Yaml value, Cast cast) {
        Keys keys = value.keys("corrupt");
        List<String> storages = cast.storages(keys.need("storage"));
        int offset = keys.need("offset").number();
        int bytes = keys.number("bytes", 512);
        int seed = keys.number("seed", 1);
        keys.end();
        return (stage, step) -> {
            byte[] noise = new byte[bytes];
            new Random(seed).nextBytes(noise);
            for (String storage : storages) {
                Path file = stage.cell().lab().storageFile(storage);
                try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
                    out.seek(offset);
                    out.write(noise);
                } catch (IOException e) {
                    throw new LabException("cannot corrupt " + file + ": " + e.getMessage(), e);
                }
            }
            return System.nanoTime();
        };
    }
}
