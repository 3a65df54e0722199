import {connect} from './tailrace.js';
import {addressesOf} from './following.js';

/*
 * What every way here offers and tells.
 *
 *   open({user, channels})  starts afresh       follow({user, channels})  other channels, same place
 *   cut()                   ends the connection  resume()                  goes on from its cursor
 *
 * The listener gets onState('connecting' | 'live' | 'retrying' | 'cut', why), onEvent(event),
 * onGap(gap), onNote(text), onSwitch(transport, why), and onCursor(cursor, addresses): everything of
 * those addresses (channels, or '' for the user's own) below that cursor has been told.
 */

const LOOK_MS = 500;

/** By the client, with these of its transports. */
export class Live {
  #listener;
  #transports;
  #client = null;
  #subscriptions = new Map();
  #placed = new Set(); // addresses of which it is known from where on they come
  #following = null;
  #isCut = false;
  #wasLive = false;
  #transport;
  #told;

  constructor(listener, transports) {
    this.#listener = listener;
    this.#transports = transports;
    setInterval(() => this.#tellCursor(), LOOK_MS);
  }

  open(following, cursor) {
    const before = this.#client;
    this.#client = null;
    before?.close();
    this.#subscriptions.clear();
    this.#placed.clear();
    this.#isCut = false;
    this.#wasLive = false;
    this.#transport = undefined;
    this.#told = undefined;
    this.#listener.onState('connecting');
    const client = connect('/', {
      user: following.user || undefined,
      cursor,
      transports: this.#transports,
      locate: false, // or it would leave the address, and the network, that this page was loaded from
      patience: 5_000,
      probe: 10_000,
      onState: (change) => client === this.#client && this.#onState(change),
      onGap: (gap) => client === this.#client && this.#listener.onGap(gap),
      onError: (error) => client === this.#client && this.#listener.onNote(error.message),
    });
    this.#client = client;
    this.follow(following);
  }

  follow(following) {
    const before = new Set(this.#subscriptions.keys());
    this.#following = following;
    addressesOf(following).filter((address) => !before.delete(address)).forEach((address) => this.#subscribe(address));
    before.forEach((address) => {
      this.#subscriptions.get(address).unsubscribe();
      this.#subscriptions.delete(address);
      this.#placed.delete(address);
    });
  }

  #subscribe(address) {
    const take = (event) => {
      this.#placed.add(address);
      this.#listener.onEvent(event);
    };
    try {
      this.#subscriptions.set(address, address ? this.#client.subscribe(address, take) : this.#client.personal(take));
    } catch (error) {
      this.#listener.onNote(error.message);
    }
  }

  cut() {
    this.#isCut = true;
    this.#client.sleep();
  }

  resume() {
    this.#isCut = false;
    if (this.#client.state === 'closed') { // for good: the edge refused what it asked
      this.open(this.#following, this.#client.cursor);
    } else {
      this.#client.wake();
    }
  }

  publish(...event) {
    return this.#client.publish(...event);
  }

  #onState({state, transport, error}) {
    if (this.#isCut && state !== 'sleeping') {
      this.#client.sleep(); // a tab that is looked at again wakes its client
      return;
    }
    if (state === 'live') {
      this.#onLive(transport);
    }
    const away = this.#wasLive ? 'retrying' : 'connecting';
    const shown = {live: 'live', sleeping: 'cut', waiting: 'retrying', closed: 'cut'}[state] ?? away;
    this.#told = error?.message ?? (shown === 'live' ? undefined : this.#told);
    this.#listener.onState(shown, shown === 'live' ? '' : this.#told);
  }

  #onLive(transport) {
    if (transport !== this.#transport) {
      this.#transport = transport;
      this.#listener.onSwitch(transport);
    }
    if (!this.#wasLive) {
      this.#wasLive = true;
      this.#placed = new Set(addressesOf(this.#following));
    }
    this.#tellCursor();
  }

  /**
   * The client tells events, not how far it is: it is asked now and then. What is followed later than
   * the rest begins with its first event: the cursor of all may lie before that.
   */
  #tellCursor() {
    const cursor = this.#client?.cursor;
    if (cursor && this.#wasLive && !this.#isCut) {
      this.#listener.onCursor(cursor, [...this.#placed]);
    }
  }
}
