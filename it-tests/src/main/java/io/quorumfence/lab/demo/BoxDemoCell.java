package io.quorumfence.lab.demo;

import io.quorumfence.check.Evidence.Decision;
import io.quorumfence.check.Evidence.View;
import io.quorumfence.check.Evidence.Write;
import io.quorumfence.check.Finding;
import io.quorumfence.check.Judge;
import io.quorumfence.config.Profile;
import io.quorumfence.lab.cell.Ask;
import io.quorumfence.lab.cell.LiveCell;
import io.quorumfence.lab.ground.Cables;
import io.quorumfence.lab.ground.Checkout;
import io.quorumfence.lab.ground.LabPlan;
import io.quorumfence.lab.ground.Labs;
import io.quorumfence.lab.watch.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The demonstration's cell made of boxes. */
public final class BoxDemoCell implements DemoCell {
    private static final String VM = "v1";
    private static final Profile PROFILE = Profile.FAST;

    private final LiveCell cell;

    private BoxDemoCell(LiveCell cell) {
        this.cell = cell;
    }

    public static DemoCell boot(Consumer<String> progress) {
        LabPlan plan = LabPlan.ordinary(Labs.freshId(), 3, 3, PROFILE);
        return new BoxDemoCell(LiveCell.boot(plan, Checkout.find(), new Timeline(), progress));
    }

    @Override
    public String description() {
        return "three hosts, each with its own kernel namespaces, libvirtd, sshd, QEMU and agent; "
                + "two networks and a third; three shared storages; one VM that writes its disk five times a second";
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
    public Optional<View> view(String host) {
        return cell.agents().view(host);
    }

    @Override
    public void cutManagement(String host) {
        cell.lab().cables().cut(host, "management", Cables.Direction.BOTH, List.of());
    }

    @Override
    public void healManagement(String host) {
        cell.lab().cables().heal(host, "management");
    }

    @Override
    public long powerOff(String host) {
        return cell.lab().box(host).powerOff();
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
