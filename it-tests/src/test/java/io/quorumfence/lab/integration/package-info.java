/** The recipes of docs/integrations, run as their readers would. */
@NullMarked
package io.quorumfence.lab.integration;

import org.jspecify.annotations.NullMarked;
