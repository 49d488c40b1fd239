package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Reaction;
import io.quorumfence.model.SelfFenceAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a seed decides of the self-fence: other actions, cooldowns, shadow mode, an operator who switches it off. Drawn
 * from a sequence of its own, so that the seeds of before decide all the rest as they did.
 */
final class ReactionDraw {
    private static final long SALT = 0x5e1ff3ceL;
    private static final SelfFenceAction[] ACTIONS = {
        SelfFenceAction.REBOOT,
        SelfFenceAction.GRACEFUL_REBOOT,
        SelfFenceAction.STOP_VMS,
        SelfFenceAction.GRACEFUL_REBOOT,
        SelfFenceAction.RESTART_AGENT
    };

    private final SplittableRandom random;
    private final boolean losses;
    private final boolean drawn;

    /** @param live whether the cell is asked to come to rest: then nothing is drawn that leaves it without a proof */
    ReactionDraw(long seed, Story story, boolean live) {
        random = new SplittableRandom(seed ^ SALT);
        losses = story == Story.WITNESS_LOSS;
        drawn = losses || (story == Story.ANY && !live && random.nextInt(4) == 0);
    }

    List<CellConfig> configs(List<CellConfig> plain) {
        if (!drawn) {
            return plain;
        }
        SelfFenceAction action = ACTIONS[random.nextInt(ACTIONS.length)];
        List<CellConfig> configs = new ArrayList<>();
        for (CellConfig one : plain) {
            boolean shadow = !losses && random.nextInt(8) == 0;
            Duration cooldown =
                    Duration.ofMillis(losses || random.nextInt(4) > 0 ? 10_000 + random.nextLong(50_000) : 0);
            boolean needed = action == SelfFenceAction.RESTART_AGENT && cooldown.isZero();
            Reaction reaction = new Reaction(true, shadow, needed ? Duration.ofSeconds(10) : cooldown);
            configs.add(one.under(one.deadlines(), action, one.watchdog()).reacting(reaction));
        }
        return configs;
    }

    List<Fault> faults(List<Fault> plain, int hosts) {
        if (!drawn || random.nextBoolean()) {
            return plain;
        }
        List<Fault> faults = new ArrayList<>(plain);
        long at = Schedule.WARM_UP_NS + random.nextLong(20_000) * SimCell.MILLI;
        long span = (1 + random.nextLong(30_000)) * SimCell.MILLI;
        faults.add(new Fault(Fault.Kind.DISARM, at, span, random.nextInt(hosts), 0));
        return faults;
    }
}
