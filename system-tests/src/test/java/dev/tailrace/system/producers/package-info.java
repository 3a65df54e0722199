/** Producers as anyone may write them; the pages below {@code docs/producers} quote them. */
package dev.tailrace.system.producers;
