/** Ids and values of the field: hosts, VMs, storages, incarnations, terms, the cell record's parts. */
@NullMarked
package io.quorumfence.model;

import org.jspecify.annotations.NullMarked;
