package io.quorumfence.agent.app;

import io.quorumfence.config.DeadlineRules;
import io.quorumfence.config.DurationText;
import io.quorumfence.config.Profile;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code profiles}: what agents of one profile have in place of the cell's {@code ssh} and {@code ladder}.
 * All of it is read, so that a mistake shows on every host; only what the host's own profile says counts here.
 */
final class ProfileSection {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Map<String, Duration> own;
    private final String source;

    private ProfileSection(Map<String, Duration> own, String source) {
        this.own = own;
        this.source = source;
    }

    static ProfileSection read(YamlSection top, Profile profile) {
        return top.in("profiles", all -> {
            Map<String, Duration> own = new HashMap<>();
            for (Profile one : Profile.values()) {
                Map<String, Duration> read = all.in(word(one), ProfileSection::one);
                if (one == profile) {
                    own.putAll(read);
                }
            }
            return new ProfileSection(own, all.at(word(profile)));
        });
    }

    private static String word(Profile profile) {
        return profile.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Duration> one(YamlSection s) {
        Map<String, Duration> read = new HashMap<>();
        s.in("ssh", ssh -> {
            note(read, ssh, "ssh.", "connectTimeout", Duration.ofMillis(100), MINUTE);
            note(read, ssh, "ssh.", "commandTimeout", AgentConfigFile.FENCE_HELPER, MINUTE);
            return read;
        });
        s.in("ladder", ladder -> {
            for (String rung : new String[] {"siblingSsh", "power"}) {
                ladder.in(rung, span -> {
                    note(read, span, "ladder." + rung + ".", "after", Duration.ZERO, HOUR);
                    note(read, span, "ladder." + rung + ".", "atMost", Duration.ZERO, HOUR);
                    return read;
                });
            }
            return read;
        });
        return read;
    }

    private static void note(
            Map<String, Duration> read, YamlSection s, String path, String key, Duration min, Duration max) {
        Optional<String> text = s.text(key);
        text.ifPresent(word -> {
            Duration value = DurationText.parse(s.at(key), word);
            DeadlineRules.range(s.at(key), value, min, max);
            read.put(path + key, value);
        });
    }

    /** What the cell's section says, unless the profile says otherwise; the explanation names which. */
    Duration over(YamlSection s, String key, Duration ofTheCell) {
        Duration mine = own.get(s.at(key));
        if (mine == null) {
            return ofTheCell;
        }
        s.ledger().derived(s.at(key), DurationText.of(mine), source);
        return mine;
    }
}
