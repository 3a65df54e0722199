import {compareOffsets, positionsOf} from './cursor.js';

const KEPT = 4000;

/** The one partition and offset of an event's own cursor. */
function placeOf(event) {
  const [place] = positionsOf(event.cursor);
  return place ? {partition: place[0], offset: place[1]} : null;
}

/**
 * Compares what the ways delivered. What it computes, for each way:
 *
 * - missing: events that another way delivered, that lie at or after this one's start and
 *   before its cursor, and that it neither delivered nor named in a gap. Its cursor has passed
 *   them, so they will not come any more.
 * - behind: the same, but not yet passed by its cursor: they are coming, or it is cut.
 * - twice: an (address, id) delivered more than once.
 * - disordered: an event delivered after a later one of the same address and partition.
 *
 * An event's place (partition, offset) is the same on every way, so it can be compared. Only
 * the newest events are kept; up to the place of the oldest one dropped, nothing is compared.
 */
export class Ledger {
  #entries = new Map();
  #ways = new Map();
  #floors = new Map();
  #settled = 0;
  #eager;

  /** `patient` ones, which ask now and then, do not count in what is delivered. */
  constructor(names, patient) {
    this.#eager = names.filter((name) => !patient.includes(name));
    names.forEach((name) => this.#ways.set(name, newWay()));
  }

  reset() {
    this.#entries.clear();
    this.#floors.clear();
    this.#settled = 0;
    [...this.#ways.keys()].forEach((name) => this.#ways.set(name, newWay()));
  }

  /** Forgets where channels began that are no longer followed: followed again, they begin anew. */
  followOnly(addresses) {
    for (const {followed} of this.#ways.values()) {
      [...followed.keys()].filter((a) => !addresses.includes(a)).forEach((a) => followed.delete(a));
    }
  }

  onEvent(name, event) {
    const way = this.#ways.get(name);
    const address = event.channel ?? '';
    const key = `${address}\n${event.id}`;
    const place = placeOf(event);
    let entry = this.#entries.get(key);
    if (entry?.seenBy.has(name)) {
      way.twice++;
      return;
    }
    if (place) {
      begin(way.followed, address, place);
      const last = way.newest.get(`${address}\n${place.partition}`);
      if (last !== undefined && compareOffsets(place.offset, last) <= 0) {
        way.disordered++;
      } else {
        way.newest.set(`${address}\n${place.partition}`, place.offset);
      }
    }
    if (!entry && this.#isBelowFloor(address, place)) {
      return; // what it is compared with is no longer kept
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
    const {followed, newest} = this.#ways.get(name);
    for (const [partition, to] of positionsOf(gap.cursor)) {
      for (const address of gap.channels?.length ? gap.channels : followed.keys()) {
        const known = followed.get(address);
        known?.told.push({partition, from: known.position.get(partition), to});
        newest.delete(`${address}\n${partition}`); // a gap may also lead back: a log that lost its tail
      }
    }
  }

  onCursor(name, cursor, addresses) {
    const way = this.#ways.get(name);
    const positions = positionsOf(cursor);
    for (const address of addresses) {
      const known = way.followed.get(address);
      if (known) {
        known.position = positions;
      } else {
        way.followed.set(address, {start: positions, position: positions, told: []});
      }
    }
  }

  /** How many events every one that holds a connection has delivered. */
  get delivered() {
    let all = this.#settled;
    for (const entry of this.#entries.values()) {
      all += this.#isDelivered(entry) ? 1 : 0;
    }
    return all;
  }

  #isDelivered({seenBy}) {
    return this.#eager.every((name) => seenBy.has(name));
  }

  findings(name) {
    const way = this.#ways.get(name);
    const found = {missing: 0, behind: 0, twice: way.twice, disordered: way.disordered};
    for (const entry of this.#entries.values()) {
      const verdict = entry.seenBy.has(name) ? null : this.#unseen(way, entry);
      if (verdict) {
        found[verdict]++;
      }
    }
    found.missing += way.lost;
    return found;
  }

  #unseen(way, {address, place}) {
    const followed = way.followed.get(address);
    const start = place && followed?.start.get(place.partition);
    if (start === undefined || start === null || compareOffsets(place.offset, start) <= 0) {
      return null;
    }
    if (this.#isBelowFloor(address, place)) {
      return null;
    }
    if (followed.told.some((gap) => covers(gap, place))) {
      return null;
    }
    const position = followed.position.get(place.partition);
    return position !== undefined && compareOffsets(position, place.offset) >= 0 ? 'missing' : 'behind';
  }

  #isBelowFloor(address, place) {
    const floor = place && this.#floors.get(`${address}\n${place.partition}`);
    return floor !== undefined && floor !== null && compareOffsets(place.offset, floor) <= 0;
  }

  #dropOldest() {
    if (this.#entries.size <= KEPT) {
      return;
    }
    const [key, entry] = this.#entries.entries().next().value;
    for (const [name, way] of this.#ways) {
      if (!entry.seenBy.has(name) && this.#unseen(way, entry) === 'missing') {
        way.lost++;
      }
    }
    this.#settled += this.#isDelivered(entry) ? 1 : 0;
    this.#entries.delete(key);
    if (entry.place && !this.#isBelowFloor(entry.address, entry.place)) {
      this.#floors.set(`${entry.address}\n${entry.place.partition}`, entry.place.offset);
    }
  }
}

/** An address whose cursor was not told yet has all from its first event on. */
function begin(followed, address, {partition, offset}) {
  if (!followed.has(address)) {
    const start = new Map([[partition, offset]]);
    followed.set(address, {start, position: start, told: []});
  }
}

function newWay() {
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
