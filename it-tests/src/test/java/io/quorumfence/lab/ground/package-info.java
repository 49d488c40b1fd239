/** Tests of the lab's ground; those that need root skip themselves without it. */
@NullMarked
package io.quorumfence.lab.ground;

import org.jspecify.annotations.NullMarked;
