/**
 * What tests of several modules share. The directory is a second test source root of host-agent, coordinator and
 * it-tests, so that neither application module needs the other on its class path.
 */
@NullMarked
package io.quorumfence.testkit;

import org.jspecify.annotations.NullMarked;
