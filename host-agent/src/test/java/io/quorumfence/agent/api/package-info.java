@NullMarked
package io.quorumfence.agent.api;

import org.jspecify.annotations.NullMarked;
