/** The product's HTTP faces as the lab uses them: a caller of the coordinator, an observer of the agents. */
@NullMarked
package io.quorumfence.lab.api;

import org.jspecify.annotations.NullMarked;
