/** The shell around the core, with journals that hang and disks that are full. */
@NullMarked
package io.quorumfence.agent.shell;

import org.jspecify.annotations.NullMarked;
