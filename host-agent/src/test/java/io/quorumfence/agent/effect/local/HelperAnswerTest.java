package io.quorumfence.agent.effect.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorumfence.model.Incarnation;
import io.quorumfence.model.VmId;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HelperAnswerTest {
    private static final String BOOT = "6b1c1c2e-0000-4000-8000-000000000001";
    private static final String VM = "0a1b2c3d-0000-4000-8000-00000000000c";
    private static final String DEAD = "{'vm':'" + VM + "','verdict':'confirmedDead','pid':12,'detail':'gone'}";
    private static final String GOOD = "{'v':1,'bootId':'" + BOOT
            + "','counter':5,'verdict':'confirmedDead','reason':'gone','vms':[" + DEAD + "]}";

    @Test
    void readsWhatTheHelperWrites() {
        HelperAnswer answer = HelperAnswer.read(GOOD.replace('\'', '"'));
        assertThat(answer.verdict()).isEqualTo(HelperAnswer.Verdict.CONFIRMED_DEAD);
        assertThat(answer.isOf(new Incarnation(5, UUID.fromString(BOOT)))).isTrue();
        assertThat(answer.isOf(new Incarnation(6, UUID.fromString(BOOT)))).isFalse();
        assertThat(answer.isOf(new Incarnation(5, new UUID(1, 1)))).isFalse();
        assertThat(answer.vms()).extracting(HelperAnswer.Finding::vm).containsExactly(VmId.of(VM));
        assertThat(answer.survivors()).isEmpty();
    }

    /** Each row changes one thing of a good answer. */
    @ParameterizedTest(name = "{0} -> {1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'v':1, | 'v':2, | unknown version",
                "'v':1, | 'v':'1', | unknown version",
                "'v':1, | `` | unknown version",
                "'counter':5, | `` | other fields",
                "'counter':5, | 'counter':5,'more':1, | other fields",
                "'counter':5, | 'counter':5,'counter':6, | not JSON",
                "'counter':5, | 'counter':-5, | counter is no number",
                "'counter':5, | 'counter':5.5, | counter is no number",
                "'counter':5, | 'counter':'5', | counter is no number",
                "'verdict':'confirmedDead','reason' | 'verdict':'dead','reason' | unknown verdict",
                "'verdict':'confirmedDead','reason' | 'verdict':'CONFIRMED_DEAD','reason' | unknown verdict",
                "'reason':'gone' | 'reason':null | reason is no text",
                "'confirmedDead','pid' | 'stillAlive','pid' | confirmedDead with a VM that is not",
                "'confirmedDead','pid' | 'ambiguous','pid' | confirmedDead with a VM that is not",
                "'reason':'gone' | 'reason':'timeout' | confirmedDead for another reason",
                "'verdict':'confirmedDead','reason' | 'verdict':'stillAlive','reason' | stillAlive without a VM",
                "'verdict':'confirmedDead','reason' | 'verdict':'unreachable','reason' | unknown verdict",
                "'vms':[ | 'vms':[$DEAD, | one VM twice",
                "'vm':'0a1b2c3d | 'vm':'x | a VM that is no UUID",
                "'vm':'0a1b2c3d | 'vm':'a1b2c3d | a VM that is no UUID",
                "'detail':'gone' | 'detail':'gone','x':1 | other fields",
                "]} | ]}} | not JSON",
                "]} | ]}{} | not JSON",
                "]} | ] | not JSON",
                "'vms':[ | 'vms':1,'x':[ | other fields",
            })
    void refusesWhatIsNotExactlyThat(String part, String instead, String because) {
        assertThat(GOOD).contains(part);
        String line = GOOD.replace(part, instead == null ? "" : instead.replace("$DEAD", DEAD))
                .replace('\'', '"');
        assertThatThrownBy(() -> HelperAnswer.read(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(because);
    }

    @Test
    void refusesNothingAtAll() {
        assertThatThrownBy(() -> HelperAnswer.read("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HelperAnswer.read("null")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HelperAnswer.read("[]")).isInstanceOf(IllegalArgumentException.class);
    }
}
