package io.quorumfence.agent.effect.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One datagram a line to a real socket, and no waiting where none listens or its queue is full. */
@Timeout(60)
class SyslogTest {
    private static final String LISTENER = "import socket,sys\n"
            + "s=socket.socket(socket.AF_UNIX,socket.SOCK_DGRAM)\n"
            + "s.bind(sys.argv[1])\nprint('ready',flush=True)\n"
            + "if len(sys.argv)>2: sys.stdin.read()\n"
            + "print(s.recv(4096).decode(),flush=True)\n";

    @TempDir
    private Path directory;

    @Test
    void aListenerGetsTheLineWithItsPriority() throws Exception {
        Process listener = listen();
        Syslog syslog = new Syslog(directory.resolve("log"));
        assertThat(syslog.say(Syslog.Severity.CRITICAL, "lease\nlost")).isTrue();
        assertThat(listener.inputReader().readLine())
                .isEqualTo("<26>quorumfence[" + ProcessHandle.current().pid() + "]: lease lost");
        assertThat(listener.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void withoutAListenerTheLineIsDroppedAtOnce() {
        assertThat(new Syslog(directory.resolve("nobody")).say(Syslog.Severity.WARNING, "text"))
                .isFalse();
    }

    @Test
    void aListenerThatDoesNotReadHoldsNobodyUp() throws Exception {
        Process listener = listen("deaf");
        Syslog syslog = new Syslog(directory.resolve("log"));
        int said = 0;
        while (said < 100_000 && syslog.say(Syslog.Severity.NOTICE, "x".repeat(800))) {
            said++;
        }
        assertThat(said).as("its queue was full at some time").isLessThan(100_000);
        listener.destroyForcibly().waitFor();
    }

    @Test
    void aPathThatNoSocketCanHaveIsRefused() {
        assertThatThrownBy(() -> new Syslog(Path.of("/" + "x".repeat(120)))).hasMessageContaining("too long");
    }

    private Process listen(String... more) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "skipped: no python3 to listen with");
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/python3", "-c", LISTENER, directory + "/log");
        builder.command().addAll(java.util.List.of(more));
        Process listener = builder.start();
        assertThat(listener.inputReader().readLine()).isEqualTo("ready");
        return listener;
    }
}
