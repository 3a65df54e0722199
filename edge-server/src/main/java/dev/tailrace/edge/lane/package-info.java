/** What a lane record means: parsed, and folded by source stamp so that nothing counts twice. */
@NullMarked
package dev.tailrace.edge.lane;

import org.jspecify.annotations.NullMarked;
