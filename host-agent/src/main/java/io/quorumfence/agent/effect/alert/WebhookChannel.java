package io.quorumfence.agent.effect.alert;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** HTTP POST of one JSON object; any 2xx is a delivery. */
final class WebhookChannel implements AlertChannel {
    private final Vertx vertx;
    private final WebClient client;
    private final URI url;
    private final Optional<Path> tokenFile;
    private final long timeoutMs;

    WebhookChannel(Vertx vertx, URI url, Optional<Path> tokenFile, long timeoutMs) {
        this.vertx = vertx;
        this.url = url;
        this.tokenFile = tokenFile;
        this.timeoutMs = timeoutMs;
        client = WebClient.create(
                vertx,
                new WebClientOptions()
                        .setConnectTimeout((int) timeoutMs)
                        .setFollowRedirects(false)
                        .setKeepAlive(false)
                        .setUserAgent("quorumfence-agent"));
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public Future<Void> attempt(String json) {
        // Read anew each time, so that a changed token needs no restart; on a worker of this channel's own.
        return vertx.executeBlocking(this::authorization, false)
                .compose(header -> send(json, header))
                .timeout(timeoutMs, TimeUnit.MILLISECONDS)
                .recover(e -> Future.failedFuture(AlertTarget.shown(url) + ": " + reason(e)));
    }

    private Optional<String> authorization() throws IOException {
        if (tokenFile.isPresent()) {
            return Optional.of("Bearer " + Files.readString(tokenFile.get()).strip());
        }
        String user = url.getUserInfo();
        return user == null
                ? Optional.empty()
                : Optional.of("Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
    }

    private Future<Void> send(String json, Optional<String> header) {
        boolean tls = "https".equals(url.getScheme());
        int port = url.getPort() < 0 ? (tls ? 443 : 80) : url.getPort();
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String uri = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        HttpRequest<Buffer> request = client.post(port, url.getHost(), uri)
                .ssl(tls)
                .timeout(timeoutMs)
                .putHeader("Content-Type", "application/json");
        header.ifPresent(value -> request.putHeader("Authorization", value));
        return request.sendBuffer(Buffer.buffer(json)).compose(response -> {
            int status = response.statusCode();
            return status >= 200 && status < 300
                    ? Future.succeededFuture()
                    : Future.failedFuture("answered HTTP " + status);
        });
    }

    /** A message of a library may quote the request; its kind does not. */
    private static String reason(Throwable e) {
        String text = String.valueOf(e.getMessage());
        boolean ours = text.startsWith("answered HTTP");
        return ours ? text : e instanceof IOException ? e.getClass().getSimpleName() : "no answer";
    }
}
