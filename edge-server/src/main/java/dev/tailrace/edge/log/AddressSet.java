package dev.tailrace.edge.log;

/** The addresses of one lane that a reader follows. */
@FunctionalInterface
public interface AddressSet {
  /** Whether this address is followed. */
  boolean contains(String address);
}
