/** Configuration: the same keys in flags, environment and file, in that precedence. */
@NullMarked
package dev.tailrace.support.config;

import org.jspecify.annotations.NullMarked;
