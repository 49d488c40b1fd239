@NullMarked
package io.quorumfence.lab.demo;

import org.jspecify.annotations.NullMarked;
