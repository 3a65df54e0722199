/*
 * Cursors: a tag, then one position per partition, such as `1z141z3~u1-3.1k2~c1-17.9x`, where
 * `c1-17` names the partition and `9x` is the next offset in base 36. It may end in `~t<seconds>`.
 *
 * A client may treat a cursor as opaque and only hand it back. This page reads them for two
 * reasons: a WebSocket keeps one per subscription, and the comparison of the transports needs to
 * know how far each of them has got.
 */

const POSITION = /^([a-z][0-9a-z]*-[0-9a-z]+)\.([0-9a-z]+)$/;

/** Splits a cursor into its tag and its positions, partition to offset. */
export function parse(cursor) {
  const [tag, ...parts] = cursor.split('~');
  const positions = new Map();
  for (const part of parts) {
    const match = POSITION.exec(part);
    if (match) {
      positions.set(match[1], match[2]);
    }
  }
  return {tag, positions};
}

/** The positions alone; none for an absent cursor. */
export function positionsOf(cursor) {
  return cursor ? parse(cursor).positions : new Map();
}

export function format(tag, positions) {
  return [tag, ...[...positions].map(([partition, offset]) => `${partition}.${offset}`)].join('~');
}

/**
 * Negative, zero or positive, as a sort wants it. Without leading zeros the longer number is the
 * greater one, and digits sort before letters: no arithmetic, so no offset is too large.
 */
export function compareOffsets(a, b) {
  if (a.length !== b.length) {
    return a.length - b.length;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

/** This cursor with the partitions that another one names put where that one says. */
export function moveTo(cursor, to) {
  const mine = cursor ? parse(cursor) : null;
  const other = parse(to);
  if (mine?.tag !== other.tag) {
    return to;
  }
  return format(mine.tag, new Map([...mine.positions, ...other.positions]));
}

/** This cursor raised, in the partitions it names and no others, to where another one is further. */
export function raise(cursor, to) {
  const mine = parse(cursor);
  const other = parse(to);
  if (mine.tag !== other.tag) {
    return cursor;
  }
  for (const [partition, offset] of mine.positions) {
    const further = other.positions.get(partition);
    if (further !== undefined && compareOffsets(further, offset) > 0) {
      mine.positions.set(partition, further);
    }
  }
  return format(mine.tag, mine.positions);
}

/** One cursor for several subscriptions: the oldest position of each partition. */
export function join(cursors) {
  let tag = null;
  const positions = new Map();
  for (const cursor of cursors) {
    const one = parse(cursor);
    tag ??= one.tag;
    for (const [partition, offset] of one.positions) {
      const known = positions.get(partition);
      if (known === undefined || compareOffsets(offset, known) < 0) {
        positions.set(partition, offset);
      }
    }
  }
  return tag === null ? null : format(tag, positions);
}
