/** Ids and values that every part of Quorumfence shares. */
@NullMarked
package io.quorumfence.model;

import org.jspecify.annotations.NullMarked;
