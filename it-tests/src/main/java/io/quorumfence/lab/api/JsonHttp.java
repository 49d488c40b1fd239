package io.quorumfence.lab.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** JSON over HTTP to one server on loopback. Blocks; any thread. Never throws for what the other side does. */
final class JsonHttp {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client;
    private final String base;

    JsonHttp(URI base, @Nullable SSLContext tls) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2));
        if (tls != null) {
            builder.sslContext(tls);
        }
        this.client = builder.build();
        this.base = base.toString();
    }

    Answer get(String path, Duration limit) {
        return send(HttpRequest.newBuilder(URI.create(base + path)).GET().timeout(limit));
    }

    /** A body that is no JSON; empty when none came. */
    String text(String path, Duration limit) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                    .timeout(limit)
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    Answer delete(String path, Duration limit) {
        return send(HttpRequest.newBuilder(URI.create(base + path)).DELETE().timeout(limit));
    }

    Answer post(String path, Map<String, Object> body, Duration limit) {
        String text = JSON.valueToTree(body).toString();
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(text))
                .timeout(limit));
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), parse(response.body()), System.nanoTime());
        } catch (IOException e) {
            return new Answer(0, says(e.getClass().getSimpleName() + ": " + e.getMessage()), System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(0, says("interrupted"), System.nanoTime());
        }
    }

    private static JsonNode parse(String body) {
        try {
            JsonNode tree = JSON.readTree(body);
            return tree == null ? says("an empty body") : tree;
        } catch (IOException e) {
            return says("no JSON: " + body.lines().findFirst().orElse(""));
        }
    }

    private static JsonNode says(String detail) {
        return JSON.createObjectNode().put("detail", detail);
    }
}
