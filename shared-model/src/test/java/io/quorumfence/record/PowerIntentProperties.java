package io.quorumfence.record;

import io.quorumfence.model.Claim;
import io.quorumfence.model.ClaimStage;
import io.quorumfence.model.HostEntry;
import io.quorumfence.model.HostId;
import io.quorumfence.model.Incarnation;
import io.quorumfence.model.Proof;
import io.quorumfence.model.ProofLevel;
import io.quorumfence.model.Rung;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is wished by whomever, an open power intent ends only by who can know that no command is under way. */
class PowerIntentProperties {
    private static final Rung[] RUNGS = Rung.values();

    @Property(tries = 400)
    void anOpenIntentEndsOnlyByItsHolderOrWithHisKernel(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        CellRecord record = Story.ofJoined(3).record();
        for (int i = 0; i < 60; i++) {
            RecordChange wish = wish(record, random);
            if (wish.applyTo(record) instanceof ChangeResult.Applied applied) {
                judge(record, wish, applied.next());
                record = applied.next();
            }
        }
    }

    private static void judge(CellRecord before, RecordChange wish, CellRecord after) {
        for (Claim open : before.claims()) {
            if (open.stage() != ClaimStage.POWER_INTENT) {
                continue;
            }
            Claim now = after.claim(open.token()).orElseThrow();
            if (now.equals(open)) {
                continue;
            }
            boolean byHolder = wish instanceof RecordChange.Prove proof
                    && proof.claimer().equals(open.claimer())
                    && proof.claimerLife().equals(open.claimerIncarnation())
                    && now.isProven();
            boolean byJoin = wish instanceof RecordChange.Join join
                    && join.host().equals(open.claimer())
                    && !join.life().bootId().equals(open.claimerIncarnation().bootId());
            boolean byWord = wish instanceof RecordChange.AbandonPower word
                    && ((word.by().equals(open.claimer())
                                    && word.life()
                                            .bootId()
                                            .equals(open.claimerIncarnation().bootId()))
                            || isGone(before, open));
            boolean legal = byHolder || (now.stage() == ClaimStage.ABANDONED && (byJoin || byWord));
            if (!legal || !now.claimer().equals(open.claimer())) {
                throw new AssertionError(wish + " makes " + open + " to " + now);
            }
        }
        for (Claim claim : after.claims()) {
            boolean wasOpen = before.claim(claim.token()).map(Claim::isOpen).orElse(true);
            boolean powered = claim.proof().filter(p -> p.rung() == Rung.POWER).isPresent();
            boolean intended = before.claim(claim.token())
                    .filter(old -> old.stage() == ClaimStage.POWER_INTENT)
                    .isPresent();
            if (powered && wasOpen && !intended) {
                throw new AssertionError(wish + " proves by power without an intent: " + claim);
            }
        }
    }

    private static boolean isGone(CellRecord record, Claim open) {
        HostEntry entry = record.host(open.claimer()).orElseThrow();
        return entry.gone()
                || !entry.incarnation()
                        .bootId()
                        .equals(open.claimerIncarnation().bootId());
    }

    private static RecordChange wish(CellRecord record, SplittableRandom random) {
        HostId host = record.members().get(random.nextInt(3));
        HostId other = record.members().get(random.nextInt(3));
        Incarnation life = record.host(host).orElseThrow().incarnation();
        Incarnation others = record.host(other).orElseThrow().incarnation();
        Optional<Claim> open = record.claims().stream().filter(Claim::isOpen).findAny();
        Claim claim = open.orElse(new Claim(
                new io.quorumfence.model.FenceToken(1),
                other,
                others,
                host,
                life,
                ClaimStage.CLAIMED,
                Optional.empty()));
        boolean own = random.nextInt(3) > 0;
        HostId by = own ? claim.claimer() : host;
        Incarnation with = own && random.nextBoolean()
                ? claim.claimerIncarnation()
                : record.host(by).orElseThrow().incarnation();
        return switch (random.nextInt(8)) {
            case 0, 1 -> new RecordChange.OpenClaim(other, others, host, life, Set.of(), 100);
            case 2, 3 -> new RecordChange.IntendPower(claim.token(), by, with);
            case 4 -> new RecordChange.AbandonPower(claim.token(), by, with);
            case 5 -> new RecordChange.TakeOver(claim.token(), claim.claimer(), host, life);
            case 6 ->
                new RecordChange.Prove(
                        claim.token(),
                        by,
                        with,
                        record.epoch(),
                        new Proof(
                                RUNGS[random.nextInt(RUNGS.length)], ProofLevel.values()[random.nextInt(2)], "drawn"));
            default ->
                random.nextBoolean()
                        ? new RecordChange.Withdraw(claim.token(), host)
                        : new RecordChange.Join(
                                host,
                                new Incarnation(
                                        life.counter() + 1,
                                        random.nextBoolean()
                                                ? life.bootId()
                                                : new java.util.UUID(0, random.nextLong())));
        };
    }
}
