/** The demonstration: the main job, live in a terminal, on whatever cell there is to play it on. */
@NullMarked
package io.quorumfence.lab.demo;

import org.jspecify.annotations.NullMarked;
