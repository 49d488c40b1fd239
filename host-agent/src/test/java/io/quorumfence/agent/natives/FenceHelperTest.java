package io.quorumfence.agent.natives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorumfence.agent.natives.FenceHost.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Whom the fence helper kills, and whom not. */
@Timeout(60)
class FenceHelperTest {

    @RegisterExtension
    final Litter litter = new Litter();

    @TempDir
    private Path programs;

    private FenceHost host;
    private final String vm = FenceHost.newVm();

    @BeforeEach
    void prepare() throws Exception {
        host = new FenceHost(litter, programs);
    }

    @Test
    void killsTheProcessWhoseProgramAndUuidFit() throws Exception {
        Process qemu = host.vm("-name", "guest=a", "-uuid", vm, "-S");
        Answer answer = host.fence(vm);

        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(answer.reason()).isEqualTo("gone");
        assertThat(answer.json().get("bootId").textValue()).isEqualTo(FenceHost.bootId());
        assertThat(answer.json().get("counter").longValue()).isEqualTo(7);
        assertThat(answer.verdict(vm)).isEqualTo("confirmedDead");
        assertThat(answer.detail(vm)).isEqualTo("killed");
        assertThat(answer.vm(vm).get("pid").longValue()).isEqualTo(qemu.pid());
        assertThat(qemu.waitFor()).as("SIGKILL").isEqualTo(137);
    }

    @Test
    void leavesTheVmsAloneThatWereNotNamed() throws Exception {
        String other = FenceHost.newVm();
        Process qemu = host.vm("-uuid", vm);
        Process neighbour = host.vm("-uuid", other);
        assertThat(host.fence(vm).verdict()).isEqualTo("confirmedDead");
        assertThat(qemu.waitFor()).isEqualTo(137);
        assertThat(neighbour.isAlive()).isTrue();
    }

    @Test
    void killsEveryProcessOfAVm() throws Exception {
        Process one = host.vm("-uuid", vm);
        Process two = host.vm("--uuid", vm.toUpperCase(Locale.ROOT));
        assertThat(host.fence(vm).verdict()).isEqualTo("confirmedDead");
        assertThat(one.waitFor()).isEqualTo(137);
        assertThat(two.waitFor()).isEqualTo(137);
    }

    @Test
    void killsAllThatHaveAUuidWhenAskedForAll() throws Exception {
        assumeTrue(NativePrograms.root(), "skipped: a PID namespace needs root");
        String other = FenceHost.newVm();
        // "All" is all of this machine, so the test makes itself a world of its own: nobody else's VM is in it.
        Process world = litter.start(
                "unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", allScript(other));
        Answer answer = FenceHost.answer(world);
        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(answer.json().get("vms")).hasSize(2);
        assertThat(answer.detail(vm)).isEqualTo("killed");
        assertThat(answer.detail(other)).isEqualTo("killed");
    }

    private String allScript(String other) throws Exception {
        Path qemu = programs.resolve("qemu-system-test");
        return qemu + " -uuid " + vm + " >&2 & " + qemu + " -uuid " + other + " >&2 & "
                + "until [ $(cat /proc/*/comm | grep -c ^qemu-system-tes) = 2 ]; do :; done; "
                + "echo '" + FenceHost.line(7, "all") + "' | " + String.join(" ", host.command());
    }

    @Test
    void withOnlyNothingIsAVmButTheProgramsThatWereNamed() throws Exception {
        Process own = host.program("qf-loopvm-h1", "-uuid", vm);
        Process neighbours = host.program("qf-loopvm-h2", "-uuid", vm);
        Process qemu = host.vm("-uuid", vm);
        host.fakeVirsh("touch " + programs.resolve("asked"));
        // By its name and not "all": should --only ever fail, other VMs of this machine must not pay for it.
        Answer answer = host.fence(vm, "--exe", "qf-loopvm-h1", "--only");

        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(answer.vm(vm).get("pid").longValue()).isEqualTo(own.pid());
        assertThat(own.waitFor()).isEqualTo(137);
        assertThat(neighbours.isAlive()).isTrue();
        assertThat(qemu.isAlive()).isTrue();
        assertThat(programs.resolve("asked")).as("virsh").doesNotExist();
    }

    @Test
    void withOnlyAndNoNameThereIsNothingToJudgeBy() throws Exception {
        Litter.Result refused = host.refused(FenceHost.line(FenceHost.COUNTER, "all") + "\n", "--only");
        assertThat(refused.code()).isEqualTo(64);
        assertThat(refused.err()).startsWith("qf-fence-helper: usage: ");
    }

    @Test
    void aVmThatIsNotThereIsConfirmedDead() throws Exception {
        Answer answer = host.fence(vm);
        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(answer.verdict(vm)).isEqualTo("confirmedDead");
        assertThat(answer.detail(vm)).isEqualTo("not present");
        assertThat(answer.vm(vm).get("pid").longValue()).isZero();
    }

    @Test
    void tellsOfAProcessThatAnEarlierHelperOfTheSameTokenFound() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        assertThat(host.fence(vm).detail(vm)).isEqualTo("killed");
        Answer again = host.fence(vm);
        assertThat(again.verdict()).isEqualTo("confirmedDead");
        assertThat(again.detail(vm)).isEqualTo("found before, gone now");
        assertThat(again.vm(vm).get("pid").longValue()).isEqualTo(qemu.pid());

        String otherToken = FenceHost.line(FenceHost.COUNTER, vm).replace("token=3", "token=4");
        assertThat(host.ask(otherToken).detail(vm)).isEqualTo("not present");
    }

    @Test
    void believesNoNoteThatOthersMayWriteOrThatIsOfAnotherLife() throws Exception {
        host.vm("-uuid", vm);
        host.fence(vm);
        Path note = host.run().resolve("found");
        String text = Files.readString(note);
        Files.writeString(note, text.replace("counter=7", "counter=6"));
        assertThat(host.fence(vm).detail(vm)).isEqualTo("not present");
        Files.writeString(note, text);
        Files.setPosixFilePermissions(note, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(host.fence(vm).detail(vm)).isEqualTo("not present");
    }

    @Test
    void ignoresAShellWhoseCommandLineSpeaksOfTheVm() throws Exception {
        Process shell = litter.start("bash", "-c", "echo on; read wait; : qemu-system-x86_64 -uuid " + vm);
        assertThat(shell.inputReader().readLine()).isEqualTo("on");
        Answer answer = host.fence(vm);
        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(shell.isAlive()).isTrue();
    }

    @Test
    void doesNotKillAForeignProgramThatNamesTheVmAndDoesNotIgnoreItEither() throws Exception {
        Process foreign = host.program("other-emulator", "-uuid", vm);
        String absent = FenceHost.newVm();
        Answer answer = host.fence(vm + "," + absent);
        assertThat(answer.verdict()).isEqualTo("ambiguous");
        assertThat(answer.reason()).isEqualTo("foreign-program");
        assertThat(answer.verdict(vm)).isEqualTo("ambiguous");
        assertThat(answer.vm(vm).get("pid").longValue()).isEqualTo(foreign.pid());
        assertThat(answer.verdict(absent)).isEqualTo("confirmedDead");
        assertThat(foreign.isAlive()).isTrue();
    }

    @Test
    void killsAProgramWhoseNameWasAllowed() throws Exception {
        Process foreign = host.program("other-emulator", "-uuid", vm);
        assertThat(host.fence(vm, "--exe", "emulator").verdict()).isEqualTo("ambiguous");
        assertThat(host.fence(vm, "--exe", "other-emulator").verdict()).isEqualTo("confirmedDead");
        assertThat(foreign.waitFor()).isEqualTo(137);
    }

    @Test
    void wantsTheWholeUuidAsAnArgumentOfItsOwn() throws Exception {
        Process near = host.vm("-uuid", vm + "x", "-name", "-uuid=" + vm, "-uuid", FenceHost.newVm(), vm);
        assertThat(host.fence(vm).verdict()).isEqualTo("confirmedDead");
        assertThat(near.isAlive()).isTrue();
    }

    @Test
    void killsAVmWhoseProgramFileWasReplaced() throws Exception {
        // A name that is known as a whole: behind it the kernel puts " (deleted)".
        Process qemu = host.program("qemu-kvm", "-uuid", vm);
        Files.delete(programs.resolve("qemu-kvm"));
        assertThat(host.fence(vm).detail(vm)).isEqualTo("killed");
        assertThat(qemu.waitFor()).isEqualTo(137);
    }

    @Test
    void killsNothingInAnotherIncarnation() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        Answer counter = host.ask(FenceHost.line(8, vm));
        Answer boot = host.ask(FenceHost.line(7, vm).replace(FenceHost.bootId(), FenceHost.newVm()));
        for (Answer answer : new Answer[] {counter, boot}) {
            assertThat(answer.verdict()).isEqualTo("ambiguous");
            assertThat(answer.reason()).isEqualTo("incarnation");
            assertThat(answer.verdict(vm)).isEqualTo("ambiguous");
            assertThat(answer.json().get("counter").longValue()).isEqualTo(7);
        }
        assertThat(qemu.isAlive()).isTrue();
        assertThat(host.run().resolve("barrier")).doesNotExist();
    }

    @Test
    void killsNothingWithoutARecordOfTheIncarnation() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        Files.writeString(host.run().resolve("incarnation"), "boot=" + FenceHost.bootId() + "\n");
        assertThat(host.fence(vm).reason()).isEqualTo("no-incarnation");
        Files.writeString(host.run().resolve("incarnation"), "counter=seven\n");
        assertThat(host.fence(vm).reason()).isEqualTo("no-incarnation");
        Files.delete(host.run().resolve("incarnation"));
        Answer answer = host.fence(vm);
        assertThat(answer.verdict()).isEqualTo("ambiguous");
        assertThat(answer.reason()).isEqualTo("no-incarnation");
        assertThat(qemu.isAlive()).isTrue();
    }

    @Test
    void doesNotTrustARecordOfAnEarlierBoot() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        Files.writeString(host.run().resolve("incarnation"), "boot=" + FenceHost.newVm() + "\ncounter=7\n");
        assertThat(host.fence(vm).reason()).isEqualTo("incarnation");
        assertThat(qemu.isAlive()).isTrue();
    }

    @Test
    void looksAtTheIncarnationAgainBeforeItKills() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        // Holds the helper up at its barrier, between its first look and its listing.
        Process holder = litter.start("flock", host.run().toString(), "bash", "-c", "echo held; read wait");
        assertThat(holder.inputReader().readLine()).isEqualTo("held");
        Process helper = host.begin(FenceHost.line(7, vm));
        Litter.await("the helper's worker waits", () -> helper.children().count() == 1);
        Litter.awaitElapsed(java.time.Duration.ofMillis(100));
        host.incarnation(8);
        holder.getOutputStream().close();

        Answer answer = FenceHost.answer(helper);
        assertThat(answer.verdict()).isEqualTo("ambiguous");
        assertThat(answer.reason()).isEqualTo("incarnation");
        assertThat(host.run().resolve("barrier"))
                .as("it had got past its first look")
                .exists();
        assertThat(qemu.isAlive()).isTrue();
    }

    @Test
    void killsNothingWhileTheHostsAgentHasJustBeenStarted() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        Process agent = litter.start("sleep", "60");
        Files.writeString(host.run().resolve("agent"), "pid=" + agent.pid() + "\n");
        Answer early = host.fence(vm);
        assertThat(early.verdict()).isEqualTo("ambiguous");
        assertThat(early.reason()).isEqualTo("agent-starting");
        assertThat(host.run().resolve("barrier")).doesNotExist();
        assertThat(qemu.isAlive()).isTrue();

        Litter.await("the start is over", () -> "confirmedDead".equals(verdictOfFence()));
        assertThat(agent.isAlive())
                .as("an agent that runs is no excuse for ever")
                .isTrue();
    }

    @Test
    void anAgentThatIsGoneOrUnknownIsNotStarting() throws Exception {
        Process agent = litter.start("true");
        agent.waitFor();
        for (String left : new String[] {"pid=" + agent.pid() + "\n", "pid=\n", "pid=x\n", "", "pid=99999999999\n"}) {
            Files.writeString(host.run().resolve("agent"), left);
            assertThat(host.fence(vm).verdict()).as(left).isEqualTo("confirmedDead");
        }
    }

    private String verdictOfFence() {
        try {
            return host.fence(vm).verdict();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void raisesTheBarrierAndNeverLowersIt() throws Exception {
        Path barrier = host.run().resolve("barrier");
        host.fence(vm);
        assertThat(barrier).hasContent("token=3\n");
        host.ask(FenceHost.line(7, vm).replace("token=3", "token=12"));
        assertThat(barrier).hasContent("token=12\n");
        assertThat(host.fence(vm).verdict()).isEqualTo("confirmedDead");
        assertThat(barrier).hasContent("token=12\n");
        try (var files = Files.list(host.run())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("incarnation", "barrier");
        }
    }

    @Test
    void killsNothingIfTheBarrierCannotBeRaised() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        Files.createDirectory(host.run().resolve("barrier"));
        Answer answer = host.fence(vm);
        assertThat(answer.verdict()).isEqualTo("ambiguous");
        assertThat(answer.reason()).isEqualTo("barrier");
        assertThat(qemu.isAlive()).isTrue();
    }

    @Test
    void calledByTheAgentItselfItNeedsNoTokenAndRaisesNoBarrier() throws Exception {
        Process qemu = host.vm("-uuid", vm);
        String line = FenceHost.line(7, vm).replace(" token=3", "");
        Answer answer = host.ask(line, "--self");
        assertThat(answer.verdict()).isEqualTo("confirmedDead");
        assertThat(answer.detail(vm)).isEqualTo("killed");
        assertThat(qemu.waitFor()).isEqualTo(137);
        assertThat(host.run().resolve("barrier")).doesNotExist();

        host.ask(FenceHost.line(7, vm), "--self");
        assertThat(host.run().resolve("barrier"))
                .as("a token that is given counts")
                .hasContent("token=3\n");
        assertThat(host.refused(line + "\n").code()).isEqualTo(64);
    }

    @Test
    void asksLibvirtForEachVmWithAKnownEnvironment() throws Exception {
        String other = FenceHost.newVm();
        Path said = programs.resolve("said");
        host.fakeVirsh("echo \"$@ $LC_ALL [$LD_PRELOAD]\" >> " + said);
        host.vm("-uuid", vm);
        host.vm("-uuid", other);
        assertThat(host.fence(vm + "," + other, "--uri", "qemu+unix:///system").verdict())
                .isEqualTo("confirmedDead");
        assertThat(Files.readAllLines(said))
                .containsExactlyInAnyOrder(
                        "-c qemu+unix:///system destroy " + vm + " C []",
                        "-c qemu+unix:///system destroy " + other + " C []");
    }

    @Test
    void refusesBadInputInOneLineAndDoesNothing() throws Exception {
        String good = FenceHost.line(7, vm);
        Process qemu = host.vm("-uuid", vm);
        assertRefused("\n");
        assertRefused(good);
        assertRefused(good.replace("v1", "v2") + "\n");
        assertRefused(good.replace("counter=7", "counter=-7") + "\n");
        assertRefused(good.replace("counter=7", "counter=0") + "\n");
        assertRefused(good.replace("token=3 ", "") + "\n");
        assertRefused(good.replace("token=3", "token=0") + "\n");
        assertRefused(good + ",\n");
        assertRefused(good + "," + "\n");
        assertRefused(good + ";reboot\n");
        assertRefused(good + " more\n");
        assertRefused(good.replace("boot=", "boot=0") + "\n");
        assertRefused(FenceHost.line(7, "al") + "\n");
        assertRefused(good + "\0\n");
        assertRefused(good + (",\u0020" + vm).repeat(5000) + "\n");
        assertThat(host.refused(good + "\n", "--run", "relative").code()).isEqualTo(64);
        assertThat(host.refused(good + "\n", "--exe", "/bin/sh").code()).isEqualTo(64);
        assertThat(host.refused(good + "\n", "--nonsense").code()).isEqualTo(64);
        assertThat(qemu.isAlive()).isTrue();
        assertThat(host.run().resolve("barrier")).doesNotExist();
    }

    private void assertRefused(String input) throws Exception {
        Litter.Result result = host.refused(input);
        assertThat(result.code()).isEqualTo(64);
        assertThat(result.err()).startsWith("qf-fence-helper: ").hasLineCount(1);
        assertThat(result.out()).isEmpty();
    }
}
