package io.quorumfence.lab.scenario;

import java.time.Duration;
import java.util.Optional;

/**
 * One line of a scenario's script.
 *
 * @param name by which expectations refer to it: {@code as}, else the verb, numbered when it stands again
 * @param at not before this, counted from the first step
 * @param background whether the next step begins at once
 */
record Step(String name, String verb, int line, Optional<Duration> at, boolean background, Action action) {}
