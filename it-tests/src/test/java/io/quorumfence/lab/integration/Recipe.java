package io.quorumfence.lab.integration;

import io.quorumfence.lab.ground.Checkout;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One of the scripts, with the environment its reader gives it. */
final class Recipe {
    private static final Path HERE = Checkout.find().home().resolve("docs/integrations");

    private final Map<String, String> environment = new HashMap<>();

    /** How a script ended. */
    record Result(int code, String out, String err) {}

    Recipe(String coordinator, Path tls) {
        environment.put("QF_COORDINATOR", coordinator);
        environment.put("QF_CA", tls.resolve("ca.pem").toString());
        environment.put("QF_CERTIFICATE", tls.resolve("coordinator-lab.pem").toString());
        environment.put("QF_KEY", tls.resolve("coordinator-lab.key").toString());
    }

    Recipe with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Blocks until it has ended. */
    Result run(String input, String script, String... words) {
        List<String> command = new ArrayList<>(List.of(HERE.resolve(script).toString()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            if (input.isEmpty()) {
                process.getOutputStream().close();
            } else {
                try (OutputStream in = process.getOutputStream()) {
                    in.write(input.getBytes(StandardCharsets.UTF_8));
                }
            }
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(script + " does not end");
            }
            return new Result(process.exitValue(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
