package io.quorumfence.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quorumfence.lab.ground.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Someone who knows only docs/scenarios.md can write a scenario: the page names every word, and no other. */
class LanguagePageTest {
    private static final Cast CAST = new Cast(List.of("h1"), List.of("s1"), Map.of("v1", "h1"), 1);

    @Test
    void thePageNamesEveryStep() throws IOException {
        assertThat(documented("## Steps", "| condition")).containsAll(Verbs.ALL.keySet());
    }

    @Test
    void thePageNamesEveryCondition() throws IOException {
        assertThat(documented("| condition", "## Expectations")).containsAll(Conditions.ALL.keySet());
    }

    @Test
    void thePageNamesEveryExpectation() throws IOException {
        assertThat(documented("## Expectations", "## Who judges"))
                .containsAll(known(() -> Expectations.read(Yaml.parse("x", "nonsense: 1"), CAST)));
    }

    @Test
    void thePageNamesNoStepThatDoesNotExist() throws IOException {
        List<String> firstWords = matches("(?m)^\\| `([a-z-]+): (?:HOST|\\{host|\\{suspect)", page());
        assertThat(Stream.of(Verbs.ALL.keySet(), Conditions.ALL.keySet(), List.of("renewed"))
                        .flatMap(s -> s.stream()))
                .containsAll(firstWords);
    }

    /** The keys that the complaint about an unknown one lists. */
    private static List<String> known(Runnable read) {
        String message = String.valueOf(catchThrowable(read::run).getMessage());
        String list = message.substring(message.indexOf("(known: [") + 9, message.lastIndexOf(']'));
        return List.of(list.split(", "));
    }

    private static List<String> documented(String from, String until) throws IOException {
        String page = page();
        return matches("`([a-z-]+)", page.substring(page.indexOf(from), page.indexOf(until)));
    }

    private static List<String> matches(String pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static String page() throws IOException {
        return Files.readString(Checkout.find().home().resolve("docs/scenarios.md"));
    }
}
