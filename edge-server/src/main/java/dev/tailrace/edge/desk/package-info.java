/**
 * The desk of an edge's console: what operators ask all edges and Kafka, and what they have done.
 */
@NullMarked
package dev.tailrace.edge.desk;

import org.jspecify.annotations.NullMarked;
