package io.quorumfence.coordinator.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which host a command is about, and where the coordinator knows it. */
final class NamedHost {
    @Parameters(paramLabel = "HOST")
    @SuppressWarnings("NullAway.Init")
    private String host;

    @Option(names = "--cell", paramLabel = "CELL", description = "needed when several cells have such a host")
    private @Nullable String cell;

    String name() {
        return host;
    }

    /** The host's path, with what lies below it. */
    String path(String below) {
        return "/v1/hosts/" + encoded(host) + below + (cell == null ? "" : "?cell=" + encoded(cell));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
