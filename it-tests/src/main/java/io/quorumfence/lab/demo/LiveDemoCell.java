package io.quorumfence.lab.demo;

import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.check.Evidence.Write;
import io.quorumfence.check.Finding;
import io.quorumfence.check.Judge;
import io.quorumfence.config.Profile;
import io.quorumfence.lab.cell.Ask;
import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.ground.Labs;
import io.quorumfence.lab.loop.LoopCell;
import io.quorumfence.lab.watch.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The demonstration on a live cell, whatever that stands on. */
public final class LiveDemoCell implements DemoCell {
    private static final String VM = "v1";
    private static final Profile PROFILE = Profile.FAST;

    private final LiveCell cell;
    private final String description;
    private final String caveat;

    private LiveDemoCell(LiveCell cell, String description, String caveat) {
        this.cell = cell;
        this.description = description;
        this.caveat = caveat;
    }

    private static LabPlan plan() {
        return LabPlan.ordinary(Labs.freshId(), 3, 3, PROFILE);
    }

    /** Real hosts in boxes. */
    public static DemoCell inBoxes(Consumer<String> progress) {
        return new LiveDemoCell(
                LiveCell.boot(plan(), Checkout.find(), new Timeline(), progress),
                "three hosts, each with its own kernel namespaces, libvirtd, sshd, QEMU and agent; "
                        + "two networks and a third; three shared storages; one VM that writes its disk five times a"
                        + " second",
                "");
    }

    /** Plain processes of this machine. */
    public static DemoCell onLoopback(Consumer<String> progress) {
        return new LiveDemoCell(
                LiveCell.on(LoopCell.boot(plan(), Checkout.find(), progress), new Timeline()),
                "three groups of processes in place of hosts, each with a real agent, storage lanes and keeper; a real"
                        + " coordinator; two networks on addresses of 127.0.0.0/8, management through relays; three"
                        + " storages that are files; one process that writes a shared file five times a second in"
                        + " place of a VM",
                "LOOPBACK CELL: no real VMs, no libvirt, no ssh; the watchdog kills processes, and a power cut is"
                        + " SIGKILL to all processes of a host");
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public String caveat() {
        return caveat;
    }

    @Override
    public List<String> hosts() {
        return cell.plan().hosts();
    }

    @Override
    public Duration budget() {
        return PROFILE.budget();
    }

    @Override
    public Timeline timeline() {
        return cell.timeline();
    }

    @Override
    public void awaitJoined() {
        cell.awaitJoined();
    }

    @Override
    public void startFirst(String host) {
        cell.startFirst(Map.of(VM, host));
    }

    @Override
    public boolean works(String host) {
        return cell.disks().isWriting(VM, host);
    }

    @Override
    public long workCount(String host) {
        return cell.disks().last(VM, host).map(Write::counter).orElse(0L);
    }

    @Override
    public long startCount(String host) {
        return cell.disks().writes().stream()
                .filter(write -> write.host().equals(host))
                .map(Write::nonce)
                .distinct()
                .count();
    }

    @Override
    public Optional<View> view(String host) {
        return cell.agents().view(host);
    }

    @Override
    public void cutManagement(String host) {
        cell.ground().cutManagement(host);
    }

    @Override
    public void healManagement(String host) {
        cell.ground().healManagement(host);
    }

    @Override
    public long powerOff(String host) {
        return cell.ground().powerOff(host);
    }

    @Override
    public Decision ask(String name, String lastHost, String destination, Duration patience) {
        return cell.gate()
                .ask(new Ask(
                        name,
                        VM,
                        lastHost,
                        destination,
                        List.of(),
                        name,
                        patience,
                        1,
                        false,
                        "",
                        Duration.ofSeconds(60)));
    }

    @Override
    public void use(Decision allowed) {
        cell.gate().use(allowed);
    }

    @Override
    public Map<String, Finding> judge(long lostNs) {
        return Judge.judge(cell.evidence(budget().toMillis()), lostNs);
    }

    @Override
    public void close() {
        cell.close();
    }
}
