@NullMarked
package io.quorumfence.config;

import org.jspecify.annotations.NullMarked;
