/** What the console's protocol says, read, and shown in a terminal. */
@NullMarked
package dev.tailrace.cli.console;

import org.jspecify.annotations.NullMarked;
