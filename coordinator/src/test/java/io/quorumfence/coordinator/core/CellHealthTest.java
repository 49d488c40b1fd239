package io.quorumfence.coordinator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.coordinator.core.CellHealth.Level;
import org.junit.jupiter.api.Test;

/** The one word that a person reads first. */
class CellHealthTest {
    private static final String UNARMED = "unarmed: the host's last beat promised no expiry";

    private final GateBench bench = new GateBench();

    @Test
    void aHostWithoutVmsIsUnarmedOnPurpose() {
        seenAsNotProvableByTime(bench.h3, UNARMED);
        assertThat(health().level()).isEqualTo(Level.HEALTHY);
    }

    @Test
    void aHostWithVmsThatIsNotArmedIsATrouble() {
        seenAsNotProvableByTime(bench.h1, UNARMED);
        assertThat(health().problems()).containsExactly("host h1: time would prove nothing: " + UNARMED);
    }

    @Test
    void aHostWhoseVmsAreNotAllListedMayHaveSome() {
        bench.h3.vmsComplete = false;
        seenAsNotProvableByTime(bench.h3, UNARMED);
        assertThat(health().level()).isEqualTo(Level.DEGRADED);
    }

    @Test
    void aHostWithoutAWatchdogIsATroubleBeforeItsFirstVm() {
        seenAsNotProvableByTime(bench.h3, "no-watchdog: the host promised no watchdog");
        assertThat(health().level()).isEqualTo(Level.DEGRADED);
    }

    private void seenAsNotProvableByTime(HostDouble host, String why) {
        bench.hosts.values().stream()
                .filter(observer -> observer != host)
                .forEach(observer -> observer.sees(host).time(false, why, null));
    }

    private CellHealth health() {
        bench.statuses();
        CellState cell = bench.state.cell(GateBench.CELL).orElseThrow();
        return CellHealth.of(CellView.of(cell, Policies.judgingAtOnce(), bench.nowNs));
    }
}
