import {addressesOf} from './following.js';

const RETRY_MS = 2_000;
const PAGE_EVENTS = 50; // within the time that is allowed, also on a slow network

/** Plain polling: a page of `history` for each address, every so many seconds; it holds no connection. */
export class Polling {
  #listener;
  #everyMs;
  #following = null;
  #cursors = new Map();
  #isCut = false;
  #timer = null;
  #run = 0;

  constructor(listener, everyMs) {
    this.#listener = listener;
    this.#everyMs = everyMs;
  }

  open(following) {
    this.#cursors.clear();
    this.#isCut = false;
    this.#listener.onState('connecting');
    this.#listener.onSwitch('history');
    this.follow(following);
  }

  follow(following) {
    this.#following = following;
    const addresses = addressesOf(following);
    [...this.#cursors.keys()].filter((one) => !addresses.includes(one)).forEach((one) => this.#cursors.delete(one));
    if (!this.#isCut) {
      this.resume();
    }
  }

  cut() {
    this.#isCut = true;
    this.#run++;
    clearTimeout(this.#timer);
    this.#listener.onState('cut');
  }

  resume() {
    this.#isCut = false;
    this.#ask(++this.#run);
  }

  async #ask(run) {
    clearTimeout(this.#timer);
    let failure = null;
    for (const address of addressesOf(this.#following)) {
      await this.#askFor(address, run).catch((error) => (failure = error));
    }
    if (run === this.#run) {
      this.#listener.onState(failure ? 'retrying' : 'live', failure?.message);
      this.#timer = setTimeout(() => this.#ask(run), failure ? Math.min(this.#everyMs, RETRY_MS) : this.#everyMs);
    }
  }

  async #askFor(address, run) {
    let more = true;
    while (more && run === this.#run) {
      const parameters = new URLSearchParams({cursor: this.#cursors.get(address) ?? 'latest', limit: PAGE_EVENTS});
      if (address) {
        parameters.append('channel', address);
      }
      if (this.#following.user) {
        parameters.append('user', this.#following.user);
      }
      const page = await pageOf(parameters);
      if (run !== this.#run) {
        return;
      }
      page.gaps.forEach((gap) => this.#listener.onGap(gap));
      page.events.forEach((event) => this.#listener.onEvent(event));
      this.#cursors.set(address, page.cursor);
      this.#listener.onCursor(page.cursor, [address]);
      more = page.more;
    }
  }
}

async function pageOf(parameters) {
  const response = await fetch(`./v1/history?${parameters}`, {signal: AbortSignal.timeout(15_000)});
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? `the answer is ${response.status}`);
  }
  return response.json();
}
