package io.quorumfence.lab.scenario;

/** One word of the language: reads what stands behind it and makes the action of it. */
@FunctionalInterface
interface Verb {
    Action read(Yaml value, Cast cast);
}
