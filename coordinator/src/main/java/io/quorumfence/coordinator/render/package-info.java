/** How verdicts, evidence and permits read as JSON: for the API and for the history alike. */
@NullMarked
package io.quorumfence.coordinator.render;

import org.jspecify.annotations.NullMarked;
