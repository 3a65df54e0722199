/** What producers may write: reads a record of any form as an event, by the record alone. */
@NullMarked
package dev.tailrace.dispatcher.ingress;

import org.jspecify.annotations.NullMarked;
