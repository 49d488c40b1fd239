package io.quorumfence.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quorumfence.config.FenceLadder;
import io.quorumfence.config.Profile;
import io.quorumfence.model.HostId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sections power, ladder and profiles: what is wrong is said in one line that names the key. */
class PowerSectionTest {
    private static final HostId H1 = new HostId("h1");
    private static final String DEVICE = "{agent: fence_ipmilan, parameters: {ip: 10.0.0.1}}";
    private static final String LEVEL = "[{devices: [" + DEVICE + "]}]";

    private static PowerSection read(String yaml, Profile profile) throws Exception {
        YamlSection top = new YamlSection("", new YAMLMapper().readTree(yaml), new Ledger("file", Map.of()));
        ProfileSection own = ProfileSection.read(top, profile);
        PowerSection read = PowerSection.read(top, List.of(H1, new HostId("h2")), Duration.ofSeconds(1), own);
        top.end();
        return read;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{flight: 500ms} | power.flight: must be at least flight, which is 1s",
                "{flight: 2m} | power.flight",
                "{timeout: 100ms} | power.timeout",
                "{check: 1s} | power.check",
                "{agents: sbin} | power.agents: 'sbin' must be an absolute path",
                "{hosts: [{host: h9, levels: LEVEL}]}"
                        + " | power.hosts[0].host: 'h9' is not among members, which are [h1, h2]",
                "{hosts: [{host: h1, levels: LEVEL}, {host: h1, levels: LEVEL}]}"
                        + " | power.hosts[1].host: 'h1' is there twice",
                "{hosts: [{host: h1, levels: LEVEL}, {host: h2, levels: LEVEL}]}"
                        + " | fence_ipmilan with the same parameters",
                "{hosts: [{host: h1, levels: []}]} | power.hosts[0].levels: 0 entries, must be 1 to 4",
                "{hosts: [{host: h1, levels: [{devices: []}]}]} | levels[0].devices: 0 entries, must be 1 to 8",
                "{hosts: [{host: h1, levels: [{devices: [{agent: /bin/sh}]}]}]} | must be the name of a fence agent",
                "{hosts: [{host: h1, levels: [{devices: [{agent: fence_x, parameters: {password: x}}]}]}]}"
                        + " | parameters.password: is a secret; put it into a file",
                "{hosts: [{host: h1, levels: [{devices: [{agent: fence_x, parameters: {action: on}}]}]}]}"
                        + " | parameters.action: is the agent's own to set; leave it out",
                "{hosts: [{host: h1, levels: [{devices: [{agent: fence_x, parameters: {method: cycle}}]}]}]}"
                        + " | parameters.method: must be onoff",
                "{hosts: [{host: h1, levels: [{devices: [{agent: fence_virsh, parameters: {missing_as_off: '1'}}]}]}]}"
                        + " | parameters.missing_as_off: must be left out",
                "{hosts: [{host: h1, levels: [{devices: [{agent: fence_x, passwordFile: secret}]}]}]}"
                        + " | passwordFile: 'secret' must be an absolute path",
                "{hosts: [{host: h1, levels: [{devices: [{agent: fence_x, passwordFile: /s,"
                        + " passwordCommand: [/c]}]}]}]}"
                        + " | passwordCommand: goes not with passwordFile",
                "{fligth: 1s} | did you mean 'flight'?"
            })
    void whatIsWrongWithPowerIsSaid(String power, String line) {
        assertThatThrownBy(() -> read("power: " + power.replace("LEVEL", LEVEL), Profile.NORMAL))
                .isInstanceOf(io.quorumfence.config.ConfigException.class)
                .hasMessageContaining(line)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{quick: {}} | unknown key 'quick' in profiles; known there: fast, normal, patient",
                "{fast: {ssh: {connectTimeout: 1ms}}} | profiles.fast.ssh.connectTimeout",
                "{fast: {ssh: {commandTimeout: 1s}}} | profiles.fast.ssh.commandTimeout",
                "{fast: {ssh: {keyFile: /key}}} | unknown key 'keyFile' in profiles.fast.ssh",
                "{patient: {ladder: {power: {after: 2h}}}} | profiles.patient.ladder.power.after",
                "{patient: {ladder: {time: {after: 2s}}}} | unknown key 'time' in profiles.patient.ladder"
            })
    void whatIsWrongWithAProfileIsSaidOnHostsOfEveryProfile(String profiles, String line) {
        assertThatThrownBy(() -> read("profiles: " + profiles, Profile.NORMAL))
                .hasMessageContaining(line)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aProfilesLadderStandsInPlaceOfTheCellsAndASingleHostsInPlaceOfBoth() throws Exception {
        String yaml = "ladder: {power: {after: 1s, atMost: 9s}, hosts: [{host: h2, power: {after: 5s}}]}\n"
                + "profiles: {patient: {ladder: {power: {after: 3s}}}, fast: {ladder: {power: {after: 4s}}}}\n";

        FenceLadder normal = read(yaml, Profile.NORMAL).ladder();
        FenceLadder patient = read(yaml, Profile.PATIENT).ladder();

        Duration most = Duration.ofSeconds(9);
        assertThat(normal.of(H1).power()).isEqualTo(new FenceLadder.Span(Duration.ofSeconds(1), most));
        assertThat(patient.of(H1).power()).isEqualTo(new FenceLadder.Span(Duration.ofSeconds(3), most));
        assertThat(patient.of(new HostId("h2")).power()).isEqualTo(new FenceLadder.Span(Duration.ofSeconds(5), most));
    }
}
