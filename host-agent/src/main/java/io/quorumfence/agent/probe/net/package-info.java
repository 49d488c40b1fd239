/** The datagrams by which hosts ask each other for acknowledgement, one socket a plane. */
@NullMarked
package io.quorumfence.agent.probe.net;

import org.jspecify.annotations.NullMarked;
