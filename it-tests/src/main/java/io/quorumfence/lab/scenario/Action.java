package io.quorumfence.lab.scenario;

/** What a step does when its turn comes. */
@FunctionalInterface
interface Action {
    /**
     * Does it, blocking until it is done.
     *
     * @param step the name of the step it is done for
     * @return the moment that counts for "within" and "order", on System.nanoTime's clock
     * @throws io.quorumfence.lab.ground.LabException when the world does not do what the step says
     */
    long play(Stage stage, String step);
}
