@NullMarked
package dev.tailrace.cli.doctor;

import org.jspecify.annotations.NullMarked;
