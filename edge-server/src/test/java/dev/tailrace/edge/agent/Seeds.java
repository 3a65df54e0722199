package dev.tailrace.edge.agent;

import java.util.Random;
import java.util.stream.LongStream;

/**
 * Where the random interleavings of a test begin: some that are the same in each build, and some
 * that are not. Each is named in what fails, and there is as good as one of the first.
 *
 * <p>{@code -Dtailrace.interleavings=500} takes so many that are not the same, instead of one.
 */
public final class Seeds {
  private static final String PROPERTY = "tailrace.interleavings";

  private Seeds() {}

  /** So many that are always the same, from 1 on, and the others. */
  public static LongStream of(int fixed) {
    int others = Integer.getInteger(PROPERTY, 1);
    return LongStream.concat(
        LongStream.rangeClosed(1, fixed), new Random().longs(others, 0, Integer.MAX_VALUE));
  }
}
