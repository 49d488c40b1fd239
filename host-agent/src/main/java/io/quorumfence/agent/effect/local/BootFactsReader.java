package io.quorumfence.agent.effect.local;

import io.quorumfence.model.Promise;
import io.quorumfence.model.VmId;
import io.quorumfence.model.command.LocalCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Reads once, at start, what earlier agents of this boot left. */
final class BootFactsReader {
    private final TmpfsFiles files;
    private final UUID bootId;
    private final List<String> notes = new ArrayList<>();

    BootFactsReader(TmpfsFiles files, UUID bootId) {
        this.files = files;
        this.bootId = bootId;
    }

    BootFacts read(KeeperWords words) {
        Optional<BootFacts.Life> life = life();
        Optional<List<Promise>> promises = promises(life.isPresent());
        Optional<Set<VmId>> barriers = barriers();
        return new BootFacts(
                bootId,
                life,
                promises.orElse(List.of()),
                promises.isPresent(),
                barriers.orElse(Set.of()),
                barriers.isPresent(),
                fenceBarrier(),
                words.latchedCounter(),
                cleared(),
                leaseEnd(life, words),
                life.isPresent()
                        && (words.counter() != life.get().incarnation().counter()
                                || words.expiryNs() != LocalCommand.NO_EXPIRY),
                notes);
    }

    private Optional<BootFacts.Life> life() {
        try {
            Optional<BootFacts.Life> life = files.read(TmpfsState.INCARNATION).map(StateText::life);
            if (life.isPresent() && !life.get().incarnation().bootId().equals(bootId)) {
                notes.add("the stored incarnation is of boot "
                        + life.get().incarnation().bootId() + ": not taken over");
                return Optional.empty();
            }
            return life;
        } catch (IOException | IllegalArgumentException e) {
            notes.add("the stored incarnation cannot be read (" + e.getMessage() + "): joining as a new one");
            return Optional.empty();
        }
    }

    /**
     * Empty: unknown. A boot without any stored incarnation has made no promises, for nobody promises before it has
     * joined; one with an incarnation has a list, be it an empty one.
     */
    private Optional<List<Promise>> promises(boolean lived) {
        try {
            Optional<String> text = files.read(TmpfsState.PROMISES);
            if (text.isPresent()) {
                return Optional.of(StateText.promises(text.get(), bootId));
            }
            if (!lived && !Files.exists(files.path(TmpfsState.INCARNATION))) {
                return Optional.of(List.of());
            }
            notes.add("an agent lived in this boot, but its promises are not there: unknown until the record is read");
        } catch (IOException | IllegalArgumentException e) {
            notes.add("the stored promises cannot be read (" + e.getMessage() + "): unknown until the record is read");
        }
        return Optional.empty();
    }

    private Optional<Set<VmId>> barriers() {
        Set<VmId> barriers = new HashSet<>();
        try (Stream<Path> entries = Files.list(files.path(TmpfsState.BARRIERS))) {
            for (Path entry : entries.toList()) {
                barriers.add(VmId.of(entry.getFileName().toString()));
            }
            return Optional.of(barriers);
        } catch (IOException | IllegalArgumentException e) {
            notes.add("the start barriers cannot be read (" + e.getMessage() + "): any VM may have one");
            return Optional.empty();
        }
    }

    private OptionalLong fenceBarrier() {
        try {
            Optional<String> text = files.read(TmpfsState.FENCE_BARRIER);
            return text.isPresent()
                    ? OptionalLong.of(StateText.barrierToken(text.get()).orElse(0))
                    : OptionalLong.empty();
        } catch (IOException e) {
            notes.add("the fence barrier cannot be read (" + e.getMessage() + "): it stands");
            return OptionalLong.of(0);
        }
    }

    private long cleared() {
        try {
            return files.read(TmpfsState.CLEARED).map(StateText::cleared).orElse(0L);
        } catch (IOException | IllegalArgumentException e) {
            notes.add("that a life was cleared cannot be read (" + e.getMessage() + "): it is looked at again");
            return 0;
        }
    }

    private static OptionalLong leaseEnd(Optional<BootFacts.Life> life, KeeperWords words) {
        boolean same = life.isPresent() && life.get().incarnation().counter() == words.counter();
        return same && words.leaseEndNs() != 0 ? OptionalLong.of(words.leaseEndNs()) : OptionalLong.empty();
    }
}
