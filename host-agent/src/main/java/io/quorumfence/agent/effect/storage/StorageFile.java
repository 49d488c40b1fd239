package io.quorumfence.agent.effect.storage;

import io.quorumfence.config.StorageSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The file of a quorum storage on a shared mount, before it is one. Lanes never make or lengthen a file; this does. */
final class StorageFile {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;

    private final StorageSpec storage;
    private final Path path;

    StorageFile(StorageSpec storage) {
        this.storage = storage;
        path = Path.of(storage.path());
    }

    /** Makes an empty file where there is none; below a mount only while something is mounted there. */
    void create() throws StorageInitException {
        try {
            if (Files.exists(path)) {
                return;
            }
            if (storage.mount().isPresent() && !isMounted(storage.mount().get())) {
                throw problem("nothing is mounted on " + storage.mount().get() + "; mount the storage first");
            }
            if (path.startsWith("/dev")) {
                throw problem("there is no such device");
            }
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (IOException e) {
            throw problem("cannot be made: " + why(e));
        }
    }

    /** Bytes it has now; of a device, {@code Long.MAX_VALUE}: the lane knows better. */
    long size() throws StorageInitException {
        try {
            return Files.isRegularFile(path) ? Files.size(path) : Long.MAX_VALUE;
        } catch (IOException e) {
            throw problem("its size cannot be read: " + e.getMessage());
        }
    }

    /** Gives a file at least this length; formatting then writes every block, so that none can be missing later. */
    void lengthen(long size) throws StorageInitException {
        if (size() >= size) {
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        } catch (IOException e) {
            throw problem("cannot be made " + size + " bytes long: " + why(e));
        }
    }

    /** Asked beforehand: what a full file system says in the middle of a write is no help to anybody. */
    void requireRoom(long size) throws StorageInitException {
        long bytes = size - size();
        try {
            long left = bytes > 0 ? Files.getFileStore(path).getUsableSpace() : 0;
            if (bytes > 0 && left < bytes) {
                throw problem("needs " + bytes + " bytes more, and its file system has " + left
                        + " left; make room on it; nothing was changed");
            }
        } catch (IOException e) {
            throw problem("its file system cannot be examined: " + why(e));
        }
    }

    private static boolean isMounted(String directory) throws IOException {
        String wanted = Path.of(directory).normalize().toString();
        List<String> lines = Files.readAllLines(MOUNTS);
        return lines.stream()
                .anyMatch(line -> unescape(line.split(" ")[MOUNT_POINT]).equals(wanted));
    }

    /** The kernel writes blanks and backslashes of a path as octal numbers. */
    private static String unescape(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    /** The kernel's word without the path, which stands before it already, and what would help. */
    private static String why(IOException e) {
        String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        String text = String.valueOf(reason);
        return text.contains("Read-only file system") ? text + "; mount it for writing" : text;
    }

    private StorageInitException problem(String what) {
        return new StorageInitException("storage " + storage.id() + ": " + path + ": " + what);
    }
}
