package io.quorumfence.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorumfence.agent.api.Caller.Right;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerTest {
    @ParameterizedTest
    @CsvSource({
        "h1,            true,  true, true,  true",
        "coordinator,   false, true, true,  false",
        "coordinator-2, false, true, true,  false",
        "prometheus,    false, true, false, false"
    })
    void eachNameMayAskWhatItsRoleAllows(String name, boolean member, boolean read, boolean gate, boolean peer) {
        Caller caller = new Caller(name, member);
        assertThat(caller.may(Right.READ)).isEqualTo(read);
        assertThat(caller.may(Right.GATE)).isEqualTo(gate);
        assertThat(caller.may(Right.PEER)).isEqualTo(peer);
    }

    @Test
    void exactlyOneCommonNameNamesSomebody() {
        assertThat(Caller.commonName("CN=h1,O=cell")).hasValue("h1");
        assertThat(Caller.commonName("O=cell+CN=h1")).hasValue("h1");
        assertThat(Caller.commonName("CN=h1,CN=h2")).isEmpty();
        assertThat(Caller.commonName("CN=h1+CN=h2")).isEmpty();
        assertThat(Caller.commonName("O=CN\\=h1")).isEmpty();
        assertThat(Caller.commonName("")).isEmpty();
    }
}
