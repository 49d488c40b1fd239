/** The scenario language: reading it strictly, playing its steps on a live cell, checking its expectations. */
@NullMarked
package io.quorumfence.lab.scenario;

import org.jspecify.annotations.NullMarked;
