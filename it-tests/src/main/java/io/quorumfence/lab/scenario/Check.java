package io.quorumfence.lab.scenario;

import java.util.List;
import java.util.function.Function;

/**
 * One expectation on the outcome.
 *
 * @param failures one line each; none when the expectation was met
 */
record Check(String key, Function<Outcome, List<String>> failures) {}
