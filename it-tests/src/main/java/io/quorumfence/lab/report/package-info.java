/** What a run leaves for people and machines: result.json, report.html. */
@NullMarked
package io.quorumfence.lab.report;

import org.jspecify.annotations.NullMarked;
