/*
 * Cursors: a tag, then one position per partition, such as `1z141z3~u1-3.1k2~c1-17.9x`, where
 * `c1-17` names the partition and `9x` is the next offset in base 36.
 *
 * To clients they are opaque, and this page hands them back as they are. It reads them for one reason:
 * to compare the ways it has to know how far each of them has got.
 */

const POSITION = /^([a-z][0-9a-z]*-[0-9a-z]+)\.([0-9a-z]+)$/;

/** The positions of a cursor, partition to offset; none for an absent one. */
export function positionsOf(cursor) {
  return new Map((cursor ?? '').split('~').map((part) => POSITION.exec(part)?.slice(1)).filter(Boolean));
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
