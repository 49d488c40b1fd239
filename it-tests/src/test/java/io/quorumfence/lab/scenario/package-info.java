/** Tests of the scenario language. */
@NullMarked
package io.quorumfence.lab.scenario;

import org.jspecify.annotations.NullMarked;
