package io.quorumfence.agent.journal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Where the chain stands: the number of the last line and its hash, which the next line carries.
 *
 * @param seq 0 before the first line
 * @param hash SHA-256 of the last line without its newline, in hex
 */
record Chain(long seq, String hash) {
    static final Chain START = new Chain(0, "0".repeat(64));

    Chain after(byte[] line) {
        return new Chain(seq + 1, sha256(line));
    }

    static String sha256(byte[] line) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
