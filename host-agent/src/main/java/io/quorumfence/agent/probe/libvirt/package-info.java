/** Which VMs run on this host: libvirt's word and the process table's, each on a lane of its own. */
@NullMarked
package io.quorumfence.agent.probe.libvirt;

import org.jspecify.annotations.NullMarked;
