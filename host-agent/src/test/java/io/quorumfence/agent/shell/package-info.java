@NullMarked
package io.quorumfence.agent.shell;

import org.jspecify.annotations.NullMarked;
