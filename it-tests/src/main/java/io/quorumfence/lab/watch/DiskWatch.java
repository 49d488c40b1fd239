package io.quorumfence.lab.watch;

import io.quorumfence.check.Evidence.Write;
import io.quorumfence.lab.ground.Ground;
import io.quorumfence.lab.ground.LabException;
import io.quorumfence.lab.ground.LabPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The outer half of the two-writer detector: reads every VM's disk from below all faults, every 20 ms, and stamps each
 * moved counter with the two looks it lies between.
 */
public final class DiskWatch implements AutoCloseable {
    /** Guests write every 200 ms; five missed writes are taken as silence in the timeline (the judge does not). */
    public static final Duration SILENCE = Duration.ofSeconds(1);

    /** An emulated guest on a busy machine pauses for over a second now and then, and is no less its disk's writer. */
    public static final Duration PAUSE = Duration.ofSeconds(3);

    private static final Duration PERIOD = Duration.ofMillis(20);
    private static final int BLOCK = 4096;
    private static final Pattern CONTENT = Pattern.compile("QFGUEST1 host=(\\S+) nonce=(\\S+) counter=(\\d+)");

    private final LabPlan plan;
    private final Timeline timeline;
    private final Map<String, FileChannel> disks = new LinkedHashMap<>();
    private final Map<String, String> contents = new HashMap<>();
    private final List<Write> writes = new ArrayList<>();
    private final Map<String, Write> latest = new HashMap<>();
    private final Map<String, Boolean> silent = new HashMap<>();
    private final Sampler sampler;
    private long lastLookNs = System.nanoTime();

    public DiskWatch(Ground ground, Timeline timeline) {
        this.plan = ground.plan();
        this.timeline = timeline;
        for (String vm : plan.vms()) {
            try {
                disks.put(vm, FileChannel.open(ground.diskOf(vm), StandardOpenOption.READ));
            } catch (IOException e) {
                throw new LabException("cannot watch the disk of " + vm + ": " + e.getMessage(), e);
            }
        }
        sampler = new Sampler("disk-watch", PERIOD, this::look);
    }

    private void look() {
        for (Map.Entry<String, FileChannel> disk : disks.entrySet()) {
            long beforeNs = System.nanoTime();
            ByteBuffer blocks = ByteBuffer.allocate(BLOCK * (plan.hostCount() + 1));
            try {
                disk.getValue().read(blocks, 0);
            } catch (IOException e) {
                continue; // an unread disk is a missed look; the next one spans it
            }
            compare(disk.getKey(), blocks.array(), System.nanoTime());
            lastLookNs = beforeNs;
        }
    }

    private synchronized void compare(String vm, byte[] blocks, long nowNs) {
        for (int slot = 1; slot <= plan.hostCount(); slot++) {
            String text = new String(blocks, slot * BLOCK, 160, StandardCharsets.ISO_8859_1);
            Matcher content = CONTENT.matcher(text);
            String key = vm + "/" + slot;
            if (content.find() && !content.group().equals(contents.put(key, content.group()))) {
                moved(new Write(
                        vm, content.group(1), content.group(2), Long.parseLong(content.group(3)), lastLookNs, nowNs));
            }
            noteSilence(vm, "h" + slot, nowNs);
        }
    }

    private void moved(Write write) {
        String key = write.vm() + "/" + write.host();
        Write before = latest.put(key, write);
        writes.add(write);
        if (before == null || !before.nonce().equals(write.nonce())) {
            timeline.noteAt(
                    write.byNs(), "vm", write.host(), write.host() + " started writing " + write.vm(), "first write");
        } else if (Boolean.TRUE.equals(silent.get(key))) {
            timeline.noteAt(
                    write.byNs(), "vm", write.host(), write.host() + " resumed writing " + write.vm(), "after a pause");
        }
        silent.put(key, false);
    }

    private void noteSilence(String vm, String host, long nowNs) {
        String key = vm + "/" + host;
        Write last = latest.get(key);
        if (last != null && nowNs - last.byNs() > SILENCE.toNanos() && !Boolean.TRUE.equals(silent.put(key, true))) {
            timeline.noteAt(last.byNs(), "vm", host, host + " stopped writing " + vm, "last write");
        }
    }

    /** The last write of the VM that came from the host, if any. */
    public synchronized Optional<Write> last(String vm, String host) {
        return Optional.ofNullable(latest.get(vm + "/" + host));
    }

    /** Whether the host wrote the VM's disk within the last {@link #PAUSE}. */
    public boolean isWriting(String vm, String host) {
        long nowNs = System.nanoTime();
        return last(vm, host)
                .filter(write -> nowNs - write.byNs() < PAUSE.toNanos())
                .isPresent();
    }

    public synchronized List<Write> writes() {
        return List.copyOf(writes);
    }

    @Override
    public void close() {
        sampler.close();
        for (FileChannel disk : disks.values()) {
            try {
                disk.close();
            } catch (IOException e) {
                throw new LabException("cannot close a VM disk: " + e.getMessage(), e);
            }
        }
    }
}
