package io.quorumfence.check;

import static io.quorumfence.check.Finding.Verdict.NOT_JUDGED;
import static io.quorumfence.check.Finding.Verdict.OK;
import static io.quorumfence.check.Finding.Verdict.VIOLATED;
import static io.quorumfence.check.Story.claim;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every invariant is seen ok, violated and, where a run may not put it to the test, not judged. */
class JudgeTest {
    @Test
    void oneHostAfterTheOtherIsNoSplitBrain() {
        assertThat(new Story().runs("h1", 0, 5000).runs("h2", 9000, 12_000).verdict("I1"))
                .isEqualTo(OK);
    }

    @Test
    void aWriteAfterAnotherHostsFirstWriteIsASplitBrain() {
        assertThat(new Story().runs("h1", 0, 5000).runs("h2", 4500, 8000).verdict("I1"))
                .isEqualTo(VIOLATED);
    }

    @Test
    void writesInsideAnotherHostsRunAreASplitBrain() {
        assertThat(new Story().runs("h1", 0, 9000).runs("h2", 4000, 4200).verdict("I1"))
                .isEqualTo(VIOLATED);
    }

    @Test
    void aRestartOnTheSameHostIsNoSplitBrain() {
        assertThat(new Story().runs("h1", 0, 5000).runs("h1", 6000, 8000).verdict("I1"))
                .isEqualTo(OK);
    }

    @Test
    void twoProcessesTogetherAreASplitBrainEvenWithoutAWrite() {
        assertThat(new Story().runs("h1", 0, 5000).processOnly("h2", 4000, 6000).verdict("I1"))
                .isEqualTo(VIOLATED);
    }

    @Test
    void withoutWritesNothingIsJudged() {
        assertThat(new Story().verdict("I1")).isEqualTo(NOT_JUDGED);
    }

    @Test
    void aStartNeedsAllowAndRedeemBeforeIt() {
        Story story = new Story().firstStart("h1", -10).runs("h1", 0, 1000).runs("h2", 5000, 6000);
        assertThat(story.answered("ALLOW", "time", 2, 4000)
                        .redeemed("h2", 4100)
                        .startByPermit("h2", 4200)
                        .verdict("I2"))
                .isEqualTo(OK);
    }

    @Test
    void aStartBeforeTheRedemptionIsAViolation() {
        Story story = new Story().firstStart("h1", -10).runs("h1", 0, 1000).runs("h2", 5000, 6000);
        assertThat(story.answered("ALLOW", "time", 2, 4000)
                        .startByPermit("h2", 4200)
                        .redeemed("h2", 4300)
                        .verdict("I2"))
                .isEqualTo(VIOLATED);
    }

    @Test
    void aVmThatNobodyStartedIsAViolation() {
        assertThat(new Story().runs("h3", 0, 1000).verdict("I2")).isEqualTo(VIOLATED);
    }

    @Test
    void vmsGoneWithinTheEnforcedTimeAfterTheLease() {
        Story story = new Story().lease("h1", true, 1000).lease("h1", false, 7000);
        assertThat(story.runs("h1", 0, 9000).verdict("I3")).isEqualTo(OK);
    }

    @Test
    void aVmThatOutlivesTheLeaseIsAViolation() {
        Story story = new Story().lease("h1", true, 1000).lease("h1", false, 7000);
        assertThat(story.runs("h1", 0, 14_000).verdict("I3")).isEqualTo(VIOLATED);
    }

    @Test
    void anIgnoredVmMayOutliveItsHostsLease() {
        Story story = new Story().ignores("v1").lease("h1", true, 1000).lease("h1", false, 7000);
        assertThat(story.runs("h1", 0, 14_000).verdict("I3")).isEqualTo(OK);
    }

    @Test
    void aHostThatNeverHadALeaseHasNotLostOne() {
        assertThat(new Story().lease("h1", false, 1000).runs("h1", 0, 20_000).verdict("I3"))
                .isEqualTo(NOT_JUDGED);
    }

    @Test
    void twoTokensForOneIncarnationAreAViolation() {
        Story story = new Story().record(2, 100, claim(1, "h1", "CLAIMED", ""));
        assertThat(story.record(3, 200, claim(1, "h1", "CLAIMED", ""), claim(2, "h1", "CLAIMED", ""))
                        .verdict("I4"))
                .isEqualTo(VIOLATED);
    }

    @Test
    void aNewTokenAfterAWithdrawnOneIsFine() {
        Story story = new Story().record(2, 100, claim(1, "h1", "WITHDRAWN", ""));
        assertThat(story.record(3, 200, claim(1, "h1", "WITHDRAWN", ""), claim(2, "h1", "CLAIMED", ""))
                        .verdict("I4"))
                .isEqualTo(OK);
    }

    @Test
    void aTokenThatShrinksIsAViolation() {
        Story story = new Story().record(2, 100, claim(7, "h1", "CLAIMED", ""));
        assertThat(story.record(3, 200, claim(6, "h3", "CLAIMED", "")).verdict("I4"))
                .isEqualTo(VIOLATED);
    }

    @Test
    void fencingAHostThatAMajorityJustSawIsAViolation() {
        Story story = new Story().sees("h2", "h1", 300, 9500).sees("h3", "h1", 300, 9600);
        assertThat(story.record(2, 10_000, claim(1, "h1", "PROVEN", "time")).verdict("I5"))
                .isEqualTo(VIOLATED);
    }

    @Test
    void fencingASilentHostIsFine() {
        Story story = new Story().sees("h2", "h1", 9000, 9500).sees("h3", "h1", 9000, 9600);
        assertThat(story.record(2, 10_000, claim(1, "h1", "PROVEN", "time")).verdict("I5"))
                .isEqualTo(OK);
    }

    @Test
    void moreFencesThanTheGuardAllowsAreAViolation() {
        Story story = new Story();
        assertThat(story.record(2, 10, claim(1, "h1", "PROVEN", "time"), claim(2, "h3", "PROVEN", "time"))
                        .verdict("I6"))
                .isEqualTo(VIOLATED);
    }

    @Test
    void proofsThatTouchNobodyPassTheGuard() {
        Story story = new Story();
        assertThat(story.record(2, 10, claim(1, "h1", "PROVEN", "time"), claim(2, "h3", "PROVEN", "reborn"))
                        .verdict("I6"))
                .isEqualTo(OK);
    }

    @Test
    void anAllowAfterTheBudgetIsAViolation() {
        Story story = new Story().promises(15_000).answered("ALLOW", "time", 1, 17_000);
        assertThat(story.judged(1000).get("I7")).extracting(Finding::verdict).isEqualTo(VIOLATED);
        assertThat(story.judged(3000).get("I7")).extracting(Finding::verdict).isEqualTo(OK);
        assertThat(story.judged(-1).get("I7")).extracting(Finding::verdict).isEqualTo(NOT_JUDGED);
    }

    @Test
    void anAnswerWithoutReasonOrEvidenceIsAViolation() {
        assertThat(new Story().answered("REFUSE", "", 1, 10).verdict("I8")).isEqualTo(VIOLATED);
        assertThat(new Story().answered("ALLOW", "time", 0, 10).verdict("I8")).isEqualTo(VIOLATED);
        assertThat(new Story().answered("no answer (500)", "x", 1, 10).verdict("I8"))
                .isEqualTo(VIOLATED);
        assertThat(new Story().answered("REFUSE", "host-alive", 1, 10).verdict("I8"))
                .isEqualTo(OK);
        assertThat(new Story().verdict("I8")).isEqualTo(NOT_JUDGED);
    }
}
