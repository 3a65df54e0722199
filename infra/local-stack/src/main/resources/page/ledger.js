import {compareOffsets, positionsOf} from './cursor.js';

const KEPT = 4000;

/** The one partition and offset of an event's own cursor. */
function placeOf(event) {
  const [place] = positionsOf(event.cursor);
  return place ? {partition: place[0], offset: place[1]} : null;
}

/**
 * Compares what the transports delivered. What it computes, for each transport:
 *
 * - missing: events that another transport delivered, that lie at or after this one's start and
 *   before its cursor, and that it neither delivered nor named in a gap. Its cursor has passed
 *   them, so they will not come any more.
 * - behind: the same, but not yet passed by its cursor: they are on the way, or it is cut.
 * - twice: an (address, id) delivered more than once.
 * - disordered: an event delivered after a later one of the same address and partition.
 *
 * An event's place (partition, offset) is the same on every transport, so it can be compared. Only
 * the newest events are kept; up to the place of the oldest one dropped, nothing is compared.
 */
export class Ledger {
  #entries = new Map();
  #transports = new Map();
  #floors = new Map();
  #settled = 0;

  constructor(names) {
    names.forEach((name) => this.#transports.set(name, newTransport()));
  }

  reset() {
    this.#entries.clear();
    this.#floors.clear();
    this.#settled = 0;
    [...this.#transports.keys()].forEach((name) => this.#transports.set(name, newTransport()));
  }

  /** Forgets where channels began that are no longer followed: followed again, they begin anew. */
  followOnly(addresses) {
    for (const {followed} of this.#transports.values()) {
      [...followed.keys()].filter((a) => !addresses.includes(a)).forEach((a) => followed.delete(a));
    }
  }

  onEvent(name, event) {
    const transport = this.#transports.get(name);
    const address = event.channel ?? '';
    const key = `${address}\n${event.id}`;
    const place = placeOf(event);
    let entry = this.#entries.get(key);
    if (entry?.seenBy.has(name)) {
      transport.twice++;
      return;
    }
    if (place) {
      const last = transport.newest.get(`${address}\n${place.partition}`);
      if (last !== undefined && compareOffsets(place.offset, last) <= 0) {
        transport.disordered++;
      } else {
        transport.newest.set(`${address}\n${place.partition}`, place.offset);
      }
    }
    if (!entry) {
      entry = {address, place, seenBy: new Set()};
      this.#entries.set(key, entry);
      this.#dropOldest();
    }
    entry.seenBy.add(name);
  }

  /** What a gap covers is told, not missing. */
  onGap(name, gap) {
    const {followed, newest} = this.#transports.get(name);
    for (const [partition, to] of positionsOf(gap.cursor)) {
      for (const address of gap.channels?.length ? gap.channels : followed.keys()) {
        const known = followed.get(address);
        known?.told.push({partition, from: known.position.get(partition), to});
        newest.delete(`${address}\n${partition}`); // a gap may also lead back: a log that lost its tail
      }
    }
  }

  onCursor(name, cursor, addresses) {
    const transport = this.#transports.get(name);
    const positions = positionsOf(cursor);
    for (const address of addresses) {
      const known = transport.followed.get(address);
      if (known) {
        known.position = positions;
      } else {
        transport.followed.set(address, {start: positions, position: positions, told: []});
      }
    }
  }

  /** How many events every transport has delivered. */
  get delivered() {
    let all = this.#settled;
    for (const entry of this.#entries.values()) {
      all += entry.seenBy.size === this.#transports.size ? 1 : 0;
    }
    return all;
  }

  findings(name) {
    const transport = this.#transports.get(name);
    const found = {missing: 0, behind: 0, twice: transport.twice, disordered: transport.disordered};
    for (const entry of this.#entries.values()) {
      const verdict = entry.seenBy.has(name) ? null : this.#unseen(transport, entry);
      if (verdict) {
        found[verdict]++;
      }
    }
    found.missing += transport.lost;
    return found;
  }

  #unseen(transport, {address, place}) {
    const followed = transport.followed.get(address);
    const start = place && followed?.start.get(place.partition);
    if (start === undefined || start === null || compareOffsets(place.offset, start) <= 0) {
      return null;
    }
    const floor = this.#floors.get(`${address}\n${place.partition}`);
    if (floor !== undefined && compareOffsets(place.offset, floor) <= 0) {
      return null;
    }
    if (followed.told.some((gap) => covers(gap, place))) {
      return null;
    }
    const position = followed.position.get(place.partition);
    return position !== undefined && compareOffsets(position, place.offset) >= 0 ? 'missing' : 'behind';
  }

  #dropOldest() {
    if (this.#entries.size <= KEPT) {
      return;
    }
    const [key, entry] = this.#entries.entries().next().value;
    for (const [name, transport] of this.#transports) {
      if (!entry.seenBy.has(name) && this.#unseen(transport, entry) === 'missing') {
        transport.lost++;
      }
    }
    this.#settled += entry.seenBy.size === this.#transports.size ? 1 : 0;
    this.#entries.delete(key);
    if (entry.place) {
      this.#floors.set(`${entry.address}\n${entry.place.partition}`, entry.place.offset);
    }
  }
}

function newTransport() {
  return {
    followed: new Map(), // address -> {start, position} (each partition -> offset) and its gaps
    newest: new Map(), // address and partition -> the furthest offset delivered
    twice: 0,
    disordered: 0,
    lost: 0, // missing among the events no longer kept
  };
}

function covers(gap, place) {
  return gap.partition === place.partition
      && compareOffsets(place.offset, gap.to) <= 0
      && (gap.from === undefined || compareOffsets(place.offset, gap.from) > 0);
}
