@NullMarked
package io.quorumfence.lab.loop;

import org.jspecify.annotations.NullMarked;
