/** Fixtures for the tests of every module. */
@NullMarked
package dev.tailrace.testing;

import org.jspecify.annotations.NullMarked;
