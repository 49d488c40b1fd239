package io.quorumfence.agent.effect.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who holds a watchdog that is busy: its device can be open once. Most often it is systemd, whose RuntimeWatchdogSec
 * feeds it whatever becomes of this host's lease. Reads /proc; may block as briefly as that does.
 */
final class WatchdogHolder {
    private WatchdogHolder() {}

    /** What to add to the keeper's line when the device was busy; empty when it was not, or nobody is found. */
    static String named(String failure, Path proc) {
        if (!failure.contains("busy")) {
            return "";
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process)) {
                    return said(process);
                }
            }
        } catch (IOException e) {
            return "";
        }
        return "";
    }

    private static boolean holds(Path process) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : open) {
                if (Files.readSymbolicLink(descriptor).toString().startsWith("/dev/watchdog")) {
                    return true;
                }
            }
        } catch (IOException | RuntimeException e) {
            return false; // it ended meanwhile, or is not ours to look at
        }
        return false;
    }

    private static String said(Path process) {
        String pid = String.valueOf(process.getFileName());
        String name = "a process";
        try {
            name = Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            // It has just ended; the pid is what is known.
        }
        return pid.equals("1") || name.startsWith("systemd")
                ? " (" + name + ", pid " + pid + "): set RuntimeWatchdogSec=0 in /etc/systemd/system.conf and reboot"
                : " (" + name + ", pid " + pid + ")";
    }
}
