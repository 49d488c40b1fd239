package io.quorumfence.coordinator.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** The coordinator's REST for the command line. Blocks; every failure is one line. */
final class CoordinatorClient {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

    private final URI base;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();

    CoordinatorClient(String url) {
        try {
            base = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
        } catch (IllegalArgumentException e) {
            throw new CliFault(Exit.USAGE, "--coordinator '" + url + "' is not a URL");
        }
        boolean fits = ("http".equals(base.getScheme()) || "https".equals(base.getScheme())) && base.getHost() != null;
        if (!fits) {
            throw new CliFault(Exit.USAGE, "--coordinator '" + url + "' must be like http://127.0.0.1:8080");
        }
    }

    /** An answer, whatever its status. */
    record Answer(int status, JsonObject body) {
        String text(String name) {
            return body.getString(name, "");
        }
    }

    /** Reads; anything but 200 is a fault. */
    JsonObject get(String path) {
        Answer answer = send(request(path, ANSWER_LIMIT).GET().build());
        if (answer.status() != 200) {
            throw fault(answer);
        }
        return answer.body();
    }

    Answer post(String path, JsonObject body, Duration wait) {
        return send(request(path, wait.plus(ANSWER_LIMIT))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.encode()))
                .build());
    }

    Answer delete(String path) {
        return send(request(path, ANSWER_LIMIT).DELETE().build());
    }

    /** What an answer that is no verdict means for the caller. */
    static CliFault fault(Answer answer) {
        String code = answer.text("code");
        String line = code.isEmpty()
                ? "the coordinator answered HTTP " + answer.status()
                : code + ": " + answer.text("detail");
        if (answer.status() == 503) {
            return new CliFault(Exit.UNAVAILABLE, line);
        }
        return new CliFault(answer.status() >= 500 || code.isEmpty() ? Exit.SOFTWARE : Exit.USAGE, line);
    }

    private HttpRequest.Builder request(String path, Duration limit) {
        return HttpRequest.newBuilder(URI.create(base + path))
                .timeout(limit)
                .header("Accept", "application/json, application/problem+json");
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), new JsonObject(response.body()));
        } catch (DecodeException e) {
            throw new CliFault(Exit.SOFTWARE, base + " answered something that is not JSON; is it a coordinator?");
        } catch (HttpTimeoutException e) {
            throw new CliFault(Exit.UNAVAILABLE, "the coordinator at " + base + " gave no answer in time");
        } catch (ConnectException e) {
            throw new CliFault(
                    Exit.UNAVAILABLE, "no coordinator at " + base + "; name it with --coordinator or QF_COORDINATOR");
        } catch (IOException e) {
            throw new CliFault(Exit.UNAVAILABLE, "the coordinator at " + base + " broke off: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFault(Exit.UNAVAILABLE, "interrupted");
        }
    }
}
