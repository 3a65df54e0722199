/**
 * What operators do, done: each procedure of {@code docs/procedures.md} under clients whose history
 * is judged.
 *
 * <p>{@code Topology} runs {@code infra/compose/compose.yaml} as processes.
 */
package dev.tailrace.system.rehearsals;
