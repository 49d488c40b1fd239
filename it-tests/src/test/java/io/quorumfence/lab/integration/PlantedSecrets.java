package io.quorumfence.lab.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Secrets by name, in every form in which one could slip out; finds them in texts, files and argument lists. */
final class PlantedSecrets {
    private static final int LINE_MIN = 24;

    private final Map<String, String> forms = new LinkedHashMap<>();

    void macKey(Path file) throws IOException {
        String hex = Files.readString(file).strip();
        byte[] raw = HexFormat.of().parseHex(hex);
        forms.put("MAC key in hex", hex);
        forms.put("MAC key in upper hex", hex.toUpperCase(Locale.ROOT));
        forms.put("MAC key in base64", Base64.getEncoder().encodeToString(raw));
        forms.put("MAC key's bytes", new String(raw, StandardCharsets.ISO_8859_1));
    }

    /** A private key's lines; the first of an OpenSSH key are the same for all keys of its kind. */
    void privateKey(String name, Path file) throws IOException {
        List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("-----") && line.length() >= LINE_MIN)
                .toList();
        for (int i = lines.size() > 2 ? 1 : 0; i < lines.size(); i++) {
            forms.put(name + ", line " + i, lines.get(i));
        }
    }

    void word(String name, String secret) {
        forms.put(name, secret);
        forms.put(name + " in base64", Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    }

    /** What of them the text shows; never the secret itself. */
    List<String> in(String where, String text) {
        List<String> found = new ArrayList<>();
        forms.forEach((name, secret) -> {
            if (text.contains(secret)) {
                found.add(where + " shows the " + name);
            }
        });
        return found;
    }

    /** All regular files below, but for the secrets' own and the disks. */
    List<String> inFilesBelow(Path directory, List<String> ownNames) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = String.valueOf(file.getFileName());
                if (ownNames.stream().noneMatch(name::endsWith)) {
                    found.addAll(in(file.toString(), read(file)));
                }
            }
        }
        return found;
    }

    /** Arguments and environment of every process of this machine, as any user could list the former. */
    List<String> inProcesses() throws IOException {
        List<String> found = new ArrayList<>();
        for (long pid : ProcessHandle.allProcesses().map(ProcessHandle::pid).toList()) {
            for (String part : List.of("cmdline", "environ", "comm")) {
                found.addAll(in("/proc/" + pid + "/" + part, read(Path.of("/proc/" + pid, part))));
            }
        }
        return found;
    }

    /** One that has gone meanwhile shows nothing. */
    private static String read(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            if (file.startsWith("/proc")) {
                return "";
            }
            throw e;
        }
    }
}
