/** What is right and wrong with a cluster, edges, what is in front of them, and a machine. */
@NullMarked
package dev.tailrace.cli.doctor;

import org.jspecify.annotations.NullMarked;
