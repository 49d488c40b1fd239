package io.quorumfence.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.launcher.StandInCheckout.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LauncherTest {
    private static final Path LAUNCHER = Path.of("").toAbsolutePath().resolveSibling("qf");

    @TempDir
    Path directory;

    private StandInCheckout checkout;

    @BeforeEach
    void layOut() {
        checkout = new StandInCheckout(directory, LAUNCHER);
    }

    @Test
    void helpListsTheCommandsAndBuildsNothing() {
        Run run = checkout.qf("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(String.join("\n", run.out()))
                .contains("demo", "test [--all]", "lab", "sim", "bench", "--no-install");
        assertThat(checkout.callsOf("mvn")).isEmpty();
    }

    @Test
    void noCommandIsAUsageError() {
        assertThat(checkout.qf().exitCode()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"frob nicate", "../x", ""})
    void whatIsNoCommandAtAllIsRefusedInOneLineWithoutABuild(String word) {
        Run run = checkout.qf(word);

        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).containsExactly("qf: unknown command '" + word + "'; ./qf --help lists the commands");
        assertThat(checkout.callsOf("mvn")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"record", "replay"})
    void whatNeedsTheStoragesOrTheCoreGoesToTheAgentsProgram(String word) {
        Run run = checkout.qf(word, "show");

        assertThat(run.exitCode()).isZero();
        assertThat(checkout.callsOf("java"))
                .singleElement()
                .asString()
                .endsWith("[io.quorumfence.agent.app.AgentMain][" + word + "][show]");
    }

    @Test
    void unknownArgumentsOfTestAreRefusedInOneLine() {
        Run run = checkout.qf("test", "--fast");

        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.err()).containsExactly("qf: test knows --all, not '--fast'");
    }

    @Test
    void otherCommandsGoToThePackagedCommandLineAsTheyAre() {
        Run run = checkout.qf("status", "--cell", "lab 1");

        assertThat(run.exitCode()).isZero();
        assertThat(checkout.callsOf("java"))
                .singleElement()
                .asString()
                .endsWith("[io.quorumfence.coordinator.cli.Qf][status][--cell][lab 1]");
    }

    @Test
    void theExitCodeIsTheProgramsOwn() {
        checkout.set("JAVA_EXIT", "3");

        assertThat(checkout.qf("status").exitCode()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"before", "after"})
    void noInstallNamesEachMissingPackageAndInstallsNothing(String place) {
        checkout.installed("maven gcc");

        Run run =
                place.equals("before") ? checkout.qf("--no-install", "status") : checkout.qf("status", "--no-install");

        assertThat(run.exitCode()).isEqualTo(69);
        assertThat(run.err())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("qf: missing package maven: "),
                        line -> assertThat(line).startsWith("qf: missing package gcc: "));
        assertThat(checkout.callsOf("apt-get")).isEmpty();
    }

    @Test
    void withoutRootMissingPackagesAreNamedAndNotInstalled() {
        checkout.installed("gcc");
        checkout.user(1000);

        Run run = checkout.qf("status");

        assertThat(run.exitCode()).isEqualTo(69);
        assertThat(run.err()).hasSize(2).last().asString().endsWith("run as root: apt-get install gcc");
        assertThat(checkout.callsOf("apt-get")).isEmpty();
    }

    @Test
    void rootInstallsWhatIsMissingAndSaysWhy() {
        checkout.installed("tini gcc");

        Run run = checkout.qf("lab", "up");

        assertThat(run.err()).anyMatch(line -> line.startsWith("qf: installing tini: PID 1"));
        assertThat(checkout.callsOf("apt-get"))
                .hasSize(2)
                .allMatch(line -> line.contains("[--no-install-recommends]"))
                .anyMatch(line -> line.endsWith("[install][tini]"))
                .anyMatch(line -> line.endsWith("[install][gcc]"));
        assertThat(directory.resolve("policy-rc.d")).doesNotExist();
    }

    @Test
    void aFailedInstallationEndsWithOneReasonAndLeavesNoRuleBehind() {
        checkout.installed("tini");
        checkout.breaks("apt-get");

        Run run = checkout.qf("lab", "up");

        assertThat(run.exitCode()).isEqualTo(69);
        assertThat(run.err())
                .last()
                .asString()
                .startsWith("qf: apt-get could not install tini; the whole output is in");
        assertThat(directory.resolve("policy-rc.d")).doesNotExist();
    }

    @Test
    void buildsOnlyWhenSourcesChanged() throws IOException {
        checkout.qf("status");
        checkout.qf("status");
        assertThat(checkout.callsOf("mvn")).hasSize(1);

        Files.writeString(checkout.source("host-agent"), "class A { int changed; }");
        checkout.qf("status");
        assertThat(checkout.callsOf("mvn")).hasSize(2);

        Files.delete(checkout.source("coordinator"));
        checkout.qf("status");
        assertThat(checkout.callsOf("mvn")).hasSize(3);
    }

    @Test
    void aFailedBuildStartsNothingAndIsTriedAgain() {
        checkout.set("MVN_EXIT", "1");
        Run run = checkout.qf("status");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).last().asString().contains("the build failed, see target/qf-build.log");
        assertThat(checkout.callsOf("java")).isEmpty();

        checkout.set("MVN_EXIT", "0");
        assertThat(checkout.qf("status").exitCode()).isZero();
    }

    @Test
    void theDemoFallsBackToLoopbackWithoutRoot() {
        checkout.user(1000);
        checkout.installed("tini");

        assertThat(checkout.qf("demo", "--seed", "7").exitCode()).isZero();
        assertThat(checkout.callsOf("java"))
                .singleElement()
                .asString()
                .endsWith("[io.quorumfence.lab.LabMain][demo][--loopback][--seed][7]");
    }

    @Test
    void theDemoOnLoopbackNeedsNoPackageOfTheLab() {
        checkout.installed("tini libfuse3-dev");

        assertThat(checkout.qf("demo", "--loopback").exitCode()).isZero();
        assertThat(checkout.callsOf("apt-get")).isEmpty();
        assertThat(checkout.callsOf("java")).singleElement().asString().endsWith("[demo][--loopback]");
    }

    @Test
    void whatWasInstalledAfterTheBuildIsBuiltWith() {
        checkout.qf("status");
        checkout.installed("libfuse3-dev");

        checkout.qf("lab", "up");

        assertThat(checkout.callsOf("mvn")).hasSize(2);
    }

    @Test
    void aBuiltCheckoutNeedsNoPackageToBuildWith() {
        checkout.qf("status");
        checkout.installed("maven");
        checkout.user(1000);

        assertThat(checkout.qf("status").exitCode()).isZero();
    }

    @Test
    void theDemoFallsBackToLoopbackWhenNothingMayBeInstalled() {
        checkout.installed("tini libvirt-daemon-system");

        Run run = checkout.qf("demo", "--no-install");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).anyMatch(line -> line.startsWith("qf: missing package libvirt-daemon-system: "));
        assertThat(checkout.callsOf("java")).singleElement().asString().endsWith("[demo][--loopback]");
    }

    @Test
    void aRepositoryCommandThatIsNotInTheTreeSaysSo() {
        Run run = checkout.qf("sim");

        assertThat(run.exitCode()).isEqualTo(69);
        assertThat(run.err()).last().asString().startsWith("qf: 'sim' is not part of this tree");
    }

    @Test
    void testVerifiesRunsTheLabTierAndClosesWithTheRunnersLines() {
        Run run = checkout.qf("test");

        assertThat(run.exitCode()).isZero();
        assertThat(checkout.callsOf("mvn")).singleElement().asString().endsWith("[verify]");
        assertThat(checkout.callsOf("java")).singleElement().asString().endsWith("[--tier][ci][--again][--json]");
        assertThat(run.out()).last().isEqualTo("[INFO] Tests run: 12, Failures: 0, Errors: 0, Skipped: 4");
    }

    @Test
    void testAllRunsTheNightlyTier() {
        checkout.qf("test", "--all");

        assertThat(checkout.callsOf("java")).singleElement().asString().endsWith("[--tier][nightly][--again][--json]");
    }

    @Test
    void testFailsWhenTheBuildFailsAndCountsNoTestOfYesterday() throws IOException {
        checkout.qf("test");
        assertThat(checkout.report("host-agent")).exists();
        checkout.set("MVN_EXIT", "1");

        Run run = checkout.qf("test");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(checkout.callsOf("java")).hasSize(1);
        assertThat(run.out()).last().isEqualTo("[INFO] Tests run: 0, Failures: 0, Errors: 0, Skipped: 0");
        assertThat(run.out()).anyMatch(line -> line.startsWith("format, build, unit and law tests: FAILED"));
    }

    @Test
    void testFailsWhenAScenarioFails() {
        checkout.set("JAVA_EXIT", "1");

        Run run = checkout.qf("test");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).anyMatch(line -> line.startsWith("lab scenarios, tier ci: FAILED with exit code 1"));
    }
}
