package io.quorumfence.wire;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;

/** Computes and compares MACs, with one instance for each key. Confined to one thread. */
final class Seals {
    private final int writing;
    private final Map<Integer, Mac> macs;

    Seals(MacKeys keys) {
        writing = keys.writing().id();
        macs = keys.all().collect(Collectors.toMap(MacKey::id, MacKey::newMac, (a, b) -> a, LinkedHashMap::new));
    }

    /** Id of the key that {@link #tag(byte[], int)} uses. */
    int keyId() {
        return writing;
    }

    /** The MAC over the first bytes. */
    byte[] tag(byte[] bytes, int length) {
        return tag(mac(writing), bytes, length);
    }

    boolean knows(int keyId) {
        return macs.containsKey(keyId);
    }

    /** Whether this is the MAC over the first bytes under a key that is known. */
    boolean fits(int keyId, byte[] bytes, int length, byte[] found) {
        return MessageDigest.isEqual(tag(mac(keyId), bytes, length), found);
    }

    private Mac mac(int keyId) {
        Mac mac = macs.get(keyId);
        if (mac == null) {
            throw new IllegalArgumentException("MAC key " + MacKey.name(keyId) + " is not known here");
        }
        return mac;
    }

    private static byte[] tag(Mac mac, byte[] bytes, int length) {
        mac.update(bytes, 0, length);
        return Arrays.copyOf(mac.doFinal(), MacKey.TAG_BYTES);
    }
}
