import {Retry} from './retry.js';

/*
 * What every transport here offers and tells.
 *
 *   open({user, channels})  starts afresh       follow({user, channels})  other channels, same place
 *   cut()                   ends the connection  resume()                  goes on from its cursor
 *
 * The listener gets onState('connecting' | 'live' | 'retrying' | 'cut', why), onEvent(event),
 * onGap(gap) and onCursor(cursor, addresses): everything of those addresses (channels, or '' for
 * the user's own) below that cursor has been told. onCursor always comes after what it covers.
 */

/** The query part of a subscription: repeated `channel`, `user`, and what else is given. */
export function query({user, channels}, extra = {}) {
  const parameters = new URLSearchParams();
  channels.forEach((channel) => parameters.append('channel', channel));
  if (user) {
    parameters.append('user', user);
  }
  for (const [name, value] of Object.entries(extra)) {
    if (value !== null && value !== undefined) {
      parameters.append(name, value);
    }
  }
  return parameters.toString();
}

/** The addresses a connection follows: its channels, and '' for the user's own events. */
export function addressesOf({user, channels}) {
  return user ? ['', ...channels] : channels;
}

/**
 * Server-Sent Events with the browser's own EventSource. It reconnects by itself and sends the
 * last `id:`, which is the connection's whole cursor, as Last-Event-ID; only after close() or an
 * answer that is no stream must the page hand the cursor over in the URL.
 */
export class SseTransport {
  #listener;
  #following = null;
  #source = null;
  #cursor = null;
  #isCut = false;
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
    this.#close();
    this.#listener.onState('cut');
  }

  resume() {
    this.#isCut = false;
    this.#close();
    this.#listener.onState('connecting');
    this.#connect();
  }

  #connect() {
    const source = new EventSource(`./v1/events?${query(this.#following, {cursor: this.#cursor})}`);
    this.#source = source;
    source.onopen = () => {
      this.#retry.succeeded();
      this.#listener.onState('live');
    };
    source.onerror = () => this.#onError(source);
    source.onmessage = (block) => {
      this.#listener.onEvent(JSON.parse(block.data));
      this.#moveTo(block.lastEventId);
    };
    source.addEventListener('tailrace.gap', (block) => {
      this.#listener.onGap(JSON.parse(block.data));
      this.#moveTo(block.lastEventId);
    });
    source.addEventListener('tailrace.cursor', (block) => this.#moveTo(block.lastEventId));
  }

  #moveTo(cursor) {
    if (cursor) {
      this.#cursor = cursor;
      this.#listener.onCursor(cursor, addressesOf(this.#following));
    }
  }

  #onError(source) {
    if (source !== this.#source) {
      return;
    }
    if (source.readyState === EventSource.CLOSED) {
      // Not a stream (an error status, a wrong type): EventSource gives up, this page does not.
      this.#listener.onState('retrying', 'the edge refused the stream');
      this.#retry.schedule(() => this.#connect());
    } else {
      this.#listener.onState('retrying');
    }
  }

  #close() {
    this.#retry.cancel();
    this.#source?.close();
    this.#source = null;
  }
}
