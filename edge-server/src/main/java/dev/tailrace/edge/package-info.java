/**
 * The edge server: holds the connections of browsers, phones and services, and follows the lane
 * partitions they need.
 */
@NullMarked
package dev.tailrace.edge;

import org.jspecify.annotations.NullMarked;
