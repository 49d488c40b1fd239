package io.quorumfence.wire;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret of the cell behind the MAC of blocks and datagrams. Immutable; any thread. Neither its text nor its errors
 * show anything of the key.
 */
public final class MacKey {
    /** Bytes kept of an HMAC-SHA256. */
    static final int TAG_BYTES = 16;

    private static final int KEY_BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;
    private final int id;

    private MacKey(byte[] secret) {
        key = new SecretKeySpec(secret, ALGORITHM);
        id = Hashes.keyId(secret);
    }

    /**
     * Reads the one line of a key file: 64 hex digits.
     *
     * @throws IllegalArgumentException in one line that does not quote the text
     */
    public static MacKey ofHex(String line) {
        String digits = line.strip();
        if (digits.length() != 2 * KEY_BYTES || !digits.chars().allMatch(MacKey::isHexDigit)) {
            throw new IllegalArgumentException("a MAC key is one line of 64 hex digits; this text has "
                    + digits.length() + " characters or others among them");
        }
        return new MacKey(HexFormat.of().parseHex(digits));
    }

    private static boolean isHexDigit(int character) {
        return HexFormat.isHexDigit(character);
    }

    /** Names the key without telling it: which of two keys a block was written with. */
    int id() {
        return id;
    }

    /** A fresh instance; not thread safe, so each codec object has its own. */
    Mac newMac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no " + ALGORITHM, e);
        }
    }

    /** The id for people. */
    public String name() {
        return name(id);
    }

    static String name(int id) {
        return HexFormat.of().toHexDigits(id);
    }

    @Override
    public String toString() {
        return "MacKey[" + name() + "]";
    }

    /** Short digests that name things; none of them is a secret or a proof. */
    static final class Hashes {
        private Hashes() {}

        static long ofName(String kind, String name) {
            byte[] digest = sha256(("quorumfence " + kind + " " + name).getBytes(StandardCharsets.UTF_8));
            return Payload.littleEndian(digest).getLong();
        }

        private static int keyId(byte[] secret) {
            byte[] prefix = "quorumfence key id ".getBytes(StandardCharsets.UTF_8);
            byte[] text = new byte[prefix.length + secret.length];
            System.arraycopy(prefix, 0, text, 0, prefix.length);
            System.arraycopy(secret, 0, text, prefix.length, secret.length);
            return Payload.littleEndian(sha256(text)).getInt();
        }

        private static byte[] sha256(byte[] text) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(text);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this Java has no SHA-256", e);
            }
        }
    }
}
