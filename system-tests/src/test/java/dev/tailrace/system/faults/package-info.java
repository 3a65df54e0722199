/**
 * A cluster of real processes, what is done to it, and what its clients feel of that.
 *
 * <p>{@code FaultsIT} is the short form. The long form, {@code AllFaults}, does everything some
 * times over and writes what it measured to {@code target/faults}:
 *
 * <pre>{@code
 * mvn -Pfaults verify -pl system-tests -am
 * mvn -Pfaults verify -pl system-tests -am -Dfaults.rounds=1 -Dfaults.only='broker killed'
 * }</pre>
 */
package dev.tailrace.system.faults;
