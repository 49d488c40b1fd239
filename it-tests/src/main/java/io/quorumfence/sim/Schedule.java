package io.quorumfence.sim;

import io.quorumfence.config.CellConfig;
import io.quorumfence.config.Deadlines;
import io.quorumfence.config.Member;
import io.quorumfence.config.Profile;
import io.quorumfence.config.SshTarget;
import io.quorumfence.config.StorageSpec;
import io.quorumfence.model.CellId;
import io.quorumfence.model.HostId;
import io.quorumfence.model.PlaneId;
import io.quorumfence.model.SelfFenceAction;
import io.quorumfence.model.StorageId;
import io.quorumfence.model.WatchdogKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * All that a seed decides: the cell, its faults and how its gates behave.
 *
 * @param faultsUntilNs when the faults end
 * @param tailNs how long the cell then has to come to rest; 0: the run ends there, and nobody asks for liveness
 */
record Schedule(
        long seed,
        List<CellConfig> configs,
        List<Fault> faults,
        long faultsUntilNs,
        long tailNs,
        int vms,
        boolean sloppyGates,
        boolean lyingLock,
        long permitTtlMs,
        Story story) {
    /** Every host has joined and its VM runs. */
    static final long WARM_UP_NS = 4_000 * SimCell.MILLI;

    private static final List<HostId> HOSTS = IntStream.rangeClosed(1, 64)
            .mapToObj(number -> new HostId("h" + number))
            .toList();

    /** What a caller may pin; 0 or empty leaves it to the seed. */
    record Wish(int hosts, Optional<Profile> profile, Story story) {
        static final Wish NONE = new Wish(0, Optional.empty(), Story.ANY);
    }

    static Schedule of(long seed, Wish wish) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean any = wish.story() == Story.ANY;
        ExtraPlan extra = new ExtraPlan(seed);
        int drawn = hosts(random);
        int hosts = wish.hosts() > 0 ? wish.hosts() : any ? extra.hosts(drawn) : drawn;
        int storages = random.nextInt(3) == 0 ? 3 : 1;
        int planes = random.nextInt(3) == 0 ? 2 : 1;
        Deadlines deadlines = wish.profile().map(Profile::deadlines).orElseGet(() -> deadlines(random));
        SelfFenceAction action = any || random.nextBoolean() ? action(random, any) : SelfFenceAction.STOP_VMS;
        int storm = random.nextInt(3) == 0 ? 0 : hosts;
        boolean shells = random.nextBoolean();
        List<CellConfig> plain = configs(hosts, storages, planes, deadlines, action, storm, shells);
        boolean live = !any || random.nextInt(5) == 0;
        ReactionDraw reactions = new ReactionDraw(seed, wish.story(), live);
        HookDraw hooks = new HookDraw(seed, wish.story(), live);
        List<CellConfig> configs = new PowerDraw(seed).configs(hooks.configs(reactions.configs(plain)));
        FaultPlan plan = new FaultPlan(random, configs.get(0), wish.story());
        List<Fault> faults = new ArrayList<>(reactions.faults(plan.draw(), hosts));
        long last = faults.stream().mapToLong(Fault::atNs).max().orElse(WARM_UP_NS);
        long until = last + plan.takeoverNs() + random.nextLong(4_000) * SimCell.MILLI;
        faults.addAll(any ? extra.draw(faults, configs.get(0)) : List.of());
        faults = new ClassDraw(seed, wish.story(), live).faults(hooks.faults(faults, hosts, until), hosts, until);
        // Terms may have become longer, and nobody comes to initialise a storage that came back old: no liveness there.
        boolean changed = has(faults, Fault.Kind.CONFIG_CHANGE) || has(faults, Fault.Kind.ROLLING_CHANGE);
        boolean restful = !any || !(changed || has(faults, Fault.Kind.STORAGE_GOES_BACK));
        long tail = live && restful ? plan.takeoverNs() * (changed ? 2 : 1) + 15_000 * SimCell.MILLI : 0;
        tail += tail > 0 && any ? Math.max(0, pausesEndNs(faults) - until) : 0;
        return new Schedule(
                seed,
                configs,
                List.copyOf(faults),
                until,
                tail,
                1 + random.nextInt(hosts),
                any && random.nextInt(3) == 0,
                any && random.nextInt(8) == 0,
                any ? extra.permitTtlMs() : ExtraPlan.LONG_TTL_MS,
                wish.story());
    }

    Schedule with(List<Fault> fewer) {
        return new Schedule(
                seed, configs, fewer, faultsUntilNs, tailNs, vms, sloppyGates, lyingLock, permitTtlMs, story);
    }

    /** A paused agent decides nothing; its cell has its time from when it goes on. */
    private static long pausesEndNs(List<Fault> faults) {
        return faults.stream()
                .filter(fault -> fault.kind() == Fault.Kind.JVM_PAUSE || fault.kind() == Fault.Kind.FREEZE)
                .mapToLong(fault -> fault.atNs() + fault.forNs())
                .max()
                .orElse(0);
    }

    private static boolean has(List<Fault> faults, Fault.Kind kind) {
        return faults.stream().anyMatch(fault -> fault.kind() == kind);
    }

    private static int hosts(SplittableRandom random) {
        int[] choices = {2, 2, 3, 3, 3, 3, 4, 5};
        return choices[random.nextInt(choices.length)];
    }

    private static SelfFenceAction action(SplittableRandom random, boolean weakToo) {
        int kind = random.nextInt(16);
        return kind == 0 && weakToo
                ? SelfFenceAction.LOG_ONLY
                : kind < 6 ? SelfFenceAction.REBOOT : SelfFenceAction.STOP_VMS;
    }

    /** Mostly the proportions of a profile with fewer beats in a lease: the same edges for less work. */
    private static Deadlines deadlines(SplittableRandom random) {
        return random.nextInt(8) == 0
                ? Profile.FAST.deadlines()
                : new Deadlines(ms(800), ms(2_000), ms(4_500), ms(800), ms(1_000 + 500 * random.nextInt(3)), ms(1_500));
    }

    private static Duration ms(long ms) {
        return Duration.ofMillis(ms);
    }

    static List<CellConfig> configs(
            int hosts,
            int storages,
            int planes,
            Deadlines deadlines,
            SelfFenceAction action,
            int stormLimit,
            boolean shells) {
        Optional<SshTarget> shell =
                shells ? Optional.of(new SshTarget(List.of("10.77.3.1"), 22, "root", "none")) : Optional.empty();
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= hosts; i++) {
            members.add(new Member(HOSTS.get(i - 1), Map.of(), shell));
        }
        List<StorageSpec> specs = new ArrayList<>();
        for (int i = 1; i <= storages; i++) {
            specs.add(new StorageSpec(new StorageId("s" + i), "/none", Optional.empty()));
        }
        List<PlaneId> names = List.of(new PlaneId("management"), new PlaneId("storage"));
        return members.stream()
                .map(member -> new CellConfig(
                        new CellId("sim"),
                        member.host(),
                        members,
                        names.subList(0, planes),
                        specs,
                        deadlines,
                        1_000,
                        Duration.ofSeconds(1),
                        action,
                        WatchdogKind.DEVICE,
                        stormLimit,
                        Duration.ofMinutes(10)))
                .toList();
    }
}
