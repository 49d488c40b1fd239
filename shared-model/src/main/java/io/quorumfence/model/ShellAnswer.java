package io.quorumfence.model;

import java.util.Set;

/**
 * What a sibling says of a shell it was asked to send.
 *
 * @param verdict what its shell learned; meaningful only if ended
 * @param detail one redacted line
 * @param ended VMs whose process was found there and ended
 */
public record ShellAnswer(Kind kind, SshVerdict verdict, String detail, Set<VmId> ended) {
    /** How far the shell has come. */
    public enum Kind {
        /** Nothing was begun, and this very question begins nothing any more. */
        REFUSED,
        /** Nothing was begun now, and another shell is there, or may be one of an earlier process of the agent. */
        BUSY,
        /** Begun, or about to be; asked again the same question tells more. */
        RUNNING,
        ENDED
    }

    public ShellAnswer {
        ended = Set.copyOf(ended);
    }

    public static ShellAnswer of(Kind kind, String detail) {
        return new ShellAnswer(kind, SshVerdict.AMBIGUOUS, detail, Set.of());
    }
}
