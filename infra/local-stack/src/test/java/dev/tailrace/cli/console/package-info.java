@NullMarked
package dev.tailrace.cli.console;

import org.jspecify.annotations.NullMarked;
