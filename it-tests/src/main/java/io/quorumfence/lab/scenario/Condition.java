package io.quorumfence.lab.scenario;

import java.util.function.Predicate;

/**
 * Something that is so or is not, as seen from outside.
 *
 * @param words how a failure speaks of it
 */
record Condition(String words, Predicate<Stage> holds) {}
