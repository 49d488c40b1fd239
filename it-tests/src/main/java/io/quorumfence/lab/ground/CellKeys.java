package io.quorumfence.lab.ground;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The secrets of a lab's cell, made new for every lab: MAC key, certificate authority, a certificate per process, ssh
 * keys. They are files with mode 0600 and never pass through a message or an argument list.
 */
public final class CellKeys {
    private static final String CURVE = "ec_paramgen_curve:P-256";

    private final Path dir;

    private CellKeys(Path dir) {
        this.dir = dir;
    }

    /** MAC key and certificate authority. */
    public static CellKeys make(Path dir) {
        try {
            Files.createDirectories(
                    dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            byte[] mac = new byte[32];
            new SecureRandom().nextBytes(mac);
            secret(dir.resolve("mac.key"), HexFormat.of().formatHex(mac) + "\n");
        } catch (IOException e) {
            throw new LabException("cannot write keys below " + dir + ": " + e.getMessage(), e);
        }
        CellKeys keys = new CellKeys(dir);
        keys.authority();
        return keys;
    }

    /** The same and the siblings' ssh key. */
    static CellKeys withSsh(Path dir) {
        CellKeys keys = make(dir);
        keys.sshKey(keys.sshKey());
        return keys;
    }

    public Path macKey() {
        return dir.resolve("mac.key");
    }

    public Path authorityCertificate() {
        return dir.resolve("ca.pem");
    }

    Path sshKey() {
        return dir.resolve("ssh.key");
    }

    /** Makes {@code <fileName>.key} (PKCS8 PEM) and {@code <fileName>.pem} for CN and DNS name {@code name}. */
    public void certify(String name, Path into, String fileName) {
        try {
            Files.createDirectories(into);
            Path key = into.resolve(fileName + ".key");
            Path request = into.resolve(fileName + ".csr");
            Path extensions = into.resolve(fileName + ".ext");
            privateKey(key);
            Command.of("openssl", "req", "-new", "-key", key, "-subj", "/CN=" + name, "-out", request)
                    .check("cannot make a certificate request for " + name);
            Files.writeString(
                    extensions,
                    "subjectAltName=DNS:" + name + "\nbasicConstraints=CA:FALSE\n"
                            + "extendedKeyUsage=serverAuth,clientAuth\n");
            sign(request, extensions, into.resolve(fileName + ".pem"), name);
            Files.delete(request);
            Files.delete(extensions);
        } catch (IOException e) {
            throw new LabException("cannot write the certificate of " + name + ": " + e.getMessage(), e);
        }
    }

    private synchronized void sign(Path request, Path extensions, Path certificate, String name) {
        Command.of("openssl", "x509", "-req", "-days", "30", "-in", request, "-CA", authorityCertificate())
                .with("-CAkey", dir.resolve("ca.key"), "-set_serial", serial(), "-extfile", extensions)
                .with("-out", certificate)
                .check("cannot sign the certificate of " + name);
    }

    /** An ed25519 pair; returns the public half as it stands in known_hosts and authorized_keys, without a comment. */
    String sshKey(Path file) {
        Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "qf-lab", "-f", file)
                .check("cannot make an ssh key");
        return publicHalf(file);
    }

    static String publicHalf(Path sshKey) {
        try {
            String[] words = Files.readString(Path.of(sshKey + ".pub")).strip().split(" ");
            return words[0] + " " + words[1];
        } catch (IOException e) {
            throw new LabException("cannot read " + sshKey + ".pub: " + e.getMessage(), e);
        }
    }

    public static void secret(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private void authority() {
        privateKey(dir.resolve("ca.key"));
        Command.of("openssl", "req", "-x509", "-new", "-key", dir.resolve("ca.key"), "-days", "30")
                .with("-subj", "/CN=quorumfence lab", "-addext", "basicConstraints=critical,CA:TRUE")
                .with("-out", authorityCertificate())
                .check("cannot make the lab's certificate authority");
    }

    private static void privateKey(Path file) {
        try {
            secret(file, "");
        } catch (IOException e) {
            throw new LabException("cannot write " + file + ": " + e.getMessage(), e);
        }
        Command.of("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", CURVE, "-out", file)
                .check("cannot make a private key");
    }

    private static String serial() {
        byte[] bytes = new byte[8];
        new SecureRandom().nextBytes(bytes);
        bytes[0] &= 0x7f;
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
