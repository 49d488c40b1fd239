@NullMarked
package io.quorumfence.agent.app;

import org.jspecify.annotations.NullMarked;
