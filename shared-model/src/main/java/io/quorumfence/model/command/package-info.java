/** What the core asks of the shell: the only way a step acts. */
@NullMarked
package io.quorumfence.model.command;

import org.jspecify.annotations.NullMarked;
