import {Retry} from './retry.js';
import {addressesOf, query} from './sse.js';

const WAIT_SECONDS = 25;
const GRACE_SECONDS = 10;

/** Why a request failed, from the problem document if there is one. */
export async function problemOf(response) {
  try {
    const problem = await response.json();
    return problem.detail ?? problem.title ?? `status ${response.status}`;
  } catch {
    return `status ${response.status}`;
  }
}

/**
 * Long poll with fetch: each answer brings the cursor that the next request hands back. The first
 * request has none, and is answered at once with the present one.
 */
export class LongPollTransport {
  #listener;
  #following = null;
  #cursor = null;
  #isCut = false;
  #running = null;
  #retry = new Retry();

  constructor(listener) {
    this.#listener = listener;
  }

  open(following) {
    this.#cursor = null;
    this.#following = following;
    this.resume();
  }

  follow(following) {
    this.#following = following;
    if (!this.#isCut) {
      this.resume();
    }
  }

  cut() {
    this.#isCut = true;
    this.#stop();
    this.#listener.onState('cut');
  }

  resume() {
    this.#isCut = false;
    this.#stop();
    this.#listener.onState('connecting');
    this.#start();
  }

  #start() {
    const running = new AbortController();
    this.#running = running;
    this.#poll(running).catch((failure) => {
      if (this.#running === running) {
        this.#listener.onState('retrying', failure.refusal);
        this.#retry.schedule(() => this.#start());
      }
    });
  }

  async #poll(running) {
    while (this.#running === running) {
      const answer = await this.#request(running.signal);
      if (this.#running !== running) {
        return;
      }
      this.#retry.succeeded();
      this.#listener.onState('live');
      answer.gaps?.forEach((gap) => this.#listener.onGap(gap));
      answer.events?.forEach((event) => this.#listener.onEvent(event));
      this.#cursor = answer.cursor;
      this.#listener.onCursor(answer.cursor, addressesOf(this.#following));
    }
  }

  async #request(cut) {
    const overdue = AbortSignal.timeout((WAIT_SECONDS + GRACE_SECONDS) * 1000);
    const response = await fetch(
        `./v1/poll?${query(this.#following, {cursor: this.#cursor, wait: WAIT_SECONDS})}`,
        {cache: 'no-store', signal: AbortSignal.any([cut, overdue])});
    if (!response.ok) {
      throw Object.assign(new Error('refused'), {refusal: await problemOf(response)});
    }
    return response.json();
  }

  #stop() {
    this.#retry.cancel();
    this.#running?.abort();
    this.#running = null;
  }
}
