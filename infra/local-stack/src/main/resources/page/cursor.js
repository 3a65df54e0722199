/*
 * Cursors: a tag, then one position per partition, such as `1z141z3~u1-3.1k2~c1-17.9x`, where
 * `c1-17` names the partition and `9x` is the next offset in base 36. It may end in `~t<seconds>`:
 * up to when its holder had everything, for where the positions mean nothing.
 *
 * A client may treat a cursor as opaque and only hand it back. This page reads them for two
 * reasons: a WebSocket keeps one per subscription, and the comparison of the transports needs to
 * know how far each of them has got.
 */

const POSITION = /^([a-z][0-9a-z]*-[0-9a-z]+)\.([0-9a-z]+)$/;
const TIME = /^t([0-9a-z]+)$/;

/** Splits a cursor into its tag, its positions, partition to offset, and its time, if it has one. */
export function parse(cursor) {
  const [tag, ...parts] = cursor.split('~');
  const positions = new Map();
  let time;
  for (const part of parts) {
    const match = POSITION.exec(part);
    if (match) {
      positions.set(match[1], match[2]);
    } else {
      time = TIME.exec(part)?.[1] ?? time;
    }
  }
  return {tag, positions, time};
}

/** The positions alone; none for an absent cursor. */
export function positionsOf(cursor) {
  return cursor ? parse(cursor).positions : new Map();
}

export function format(tag, positions, time) {
  const parts = [...positions].map(([partition, offset]) => `${partition}.${offset}`);
  return [tag, ...parts, ...(time === undefined ? [] : [`t${time}`])].join('~');
}

/** The older of two times; of those of which only one is known, that one. */
function older(a, b) {
  return b === undefined || (a !== undefined && compareOffsets(a, b) < 0) ? a : b;
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
  const positions = new Map([...mine.positions, ...other.positions]);
  return format(mine.tag, positions, older(mine.time, other.time));
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
  const earlier = mine.time === undefined || older(mine.time, other.time) === mine.time;
  return format(mine.tag, mine.positions, earlier ? other.time ?? mine.time : mine.time);
}

/** One cursor for several subscriptions: the oldest position of each partition, and time if all have one. */
export function join(cursors) {
  let tag = null;
  let time;
  let timed = true;
  const positions = new Map();
  for (const cursor of cursors) {
    const one = parse(cursor);
    tag ??= one.tag;
    timed &&= one.time !== undefined;
    time = older(time, one.time);
    for (const [partition, offset] of one.positions) {
      const known = positions.get(partition);
      if (known === undefined || compareOffsets(offset, known) < 0) {
        positions.set(partition, offset);
      }
    }
  }
  return tag === null ? null : format(tag, positions, timed ? time : undefined);
}
