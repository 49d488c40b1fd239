package io.quorumfence.check;

/**
 * The judge's word on one invariant.
 *
 * @param why one line; for NOT_JUDGED what was missing
 */
public record Finding(Verdict verdict, String why) {
    /** Not judged is not ok: the run did not put the invariant to the test, or could not see it. */
    public enum Verdict {
        OK("ok"),
        VIOLATED("violated"),
        NOT_JUDGED("not-judged");

        private final String shown;

        Verdict(String shown) {
            this.shown = shown;
        }

        public String shown() {
            return shown;
        }
    }

    public static Finding ok(String why) {
        return new Finding(Verdict.OK, why);
    }

    public static Finding violated(String why) {
        return new Finding(Verdict.VIOLATED, why);
    }

    public static Finding notJudged(String why) {
        return new Finding(Verdict.NOT_JUDGED, why);
    }

    public boolean isViolated() {
        return verdict == Verdict.VIOLATED;
    }
}
