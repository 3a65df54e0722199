import {join, moveTo, raise} from './cursor.js';
import {Retry} from './retry.js';
import {query} from './sse.js';

const PING_SECONDS = 20;
const SILENCE_SECONDS = 50;
/** The address of the user's own events. */
const OWN = '';

/**
 * WebSocket with JSON frames: one object with one key. It keeps a cursor per channel and one for
 * the user, and resumes each by its own: a channel in `subscribe`, the user in the URL.
 */
export class WebSocketTransport {
  #listener;
  #following = null;
  #socket = null;
  #cursors = new Map();
  #pending = new Map();
  #nextRef = 1;
  #heardAt = 0;
  #pings = null;
  #retry = new Retry();
  #reconnectAfterMs = 0;

  constructor(listener) {
    this.#listener = listener;
  }

  open(following) {
    this.#cursors.clear();
    this.#following = following;
    this.resume();
  }

  /** Other channels on the same connection; another user is another connection. */
  follow(following) {
    const before = this.#following;
    this.#following = following;
    const left = before.channels.filter((channel) => !following.channels.includes(channel));
    const added = following.channels.filter((channel) => !before.channels.includes(channel));
    left.forEach((channel) => this.#cursors.delete(channel));
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return; // whenever it opens, it subscribes to what is followed then
    }
    left.forEach((channel) => this.#send({unsubscribe: {ref: this.#nextRef++, channel}}));
    added.forEach((channel) => this.#subscribe(channel));
  }

  cut() {
    this.#close();
    this.#listener.onState('cut');
  }

  resume() {
    this.#close();
    this.#listener.onState('connecting');
    this.#connect();
  }

  #connect() {
    const {user} = this.#following;
    const url = new URL('./v1/socket', document.baseURI);
    url.protocol = url.protocol.replace('http', 'ws');
    url.search = query({user, channels: []}, {cursor: this.#cursors.get(OWN)});
    const socket = new WebSocket(url, 'tailrace.v1.json');
    this.#socket = socket;
    this.#pending.clear();
    this.#reconnectAfterMs = 0;
    socket.onopen = () => this.#onOpen();
    socket.onmessage = ({data}) => socket === this.#socket && this.#onFrame(JSON.parse(data));
    socket.onclose = ({reason}) => socket === this.#socket && this.#onClose(reason);
  }

  #onOpen() {
    this.#heardAt = Date.now();
    this.#pings = setInterval(() => this.#ping(), PING_SECONDS * 1000);
    this.#following.channels.forEach((channel) => this.#subscribe(channel));
  }

  #subscribe(channel) {
    const ref = this.#nextRef++;
    this.#pending.set(String(ref), channel);
    const cursor = this.#cursors.get(channel);
    this.#send({subscribe: cursor ? {ref, channel, cursor} : {ref, channel}});
  }

  /** The WebSocket API does not tell when the other side is gone; silence does. */
  #ping() {
    if (Date.now() - this.#heardAt > SILENCE_SECONDS * 1000) {
      const silent = this.#socket;
      this.#onClose('silent');
      silent.close();
    } else {
      this.#send({ping: {ref: this.#nextRef++}});
    }
  }

  #onFrame(frame) {
    this.#heardAt = Date.now();
    const [[kind, body]] = Object.entries(frame);
    switch (kind) {
      case 'welcome':
        this.#retry.succeeded();
        if (body.cursor) {
          this.#place(OWN, body.cursor);
        }
        this.#liveWhenSubscribed();
        break;
      case 'subscribed':
        this.#settle(body.ref);
        this.#place(body.channel, body.cursor);
        break;
      case 'event':
        this.#listener.onEvent(body);
        this.#moved(body.channel ?? OWN, body.cursor);
        break;
      case 'gap':
        this.#onGap(body);
        break;
      case 'cursor':
        this.#onHeartbeat(body.cursor);
        break;
      case 'goodbye':
        this.#reconnectAfterMs = Number(body.reconnect_after_ms ?? 0);
        break;
      case 'error':
        this.#listener.onNote(body.message ?? body.code);
        this.#settle(body.ref);
        break;
      default: // pong, unsubscribed, published, token_expiring, and what later versions add
    }
  }

  #settle(ref) {
    if (this.#pending.delete(String(ref))) {
      this.#liveWhenSubscribed();
    }
  }

  #liveWhenSubscribed() {
    if (this.#pending.size === 0) {
      this.#listener.onState('live');
    }
  }

  #onGap(gap) {
    this.#listener.onGap(gap);
    // A loss upstream is told once for all, by the first who comes to it: the others are not there yet.
    if (gap.cursor && gap.reason !== 'upstream') {
      const addresses = gap.channels?.length ? gap.channels : [OWN];
      addresses.forEach((address) => this.#moved(address, gap.cursor));
    }
  }

  /** The lowest positions over the whole connection: they can only raise what a cursor already names. */
  #onHeartbeat(cursor) {
    for (const [address, known] of [...this.#cursors]) {
      this.#place(address, raise(known, cursor));
    }
  }

  #moved(address, to) {
    this.#place(address, moveTo(this.#cursors.get(address), to));
  }

  #place(address, cursor) {
    if (address === OWN || this.#following.channels.includes(address)) { // else unsubscribed meanwhile
      this.#cursors.set(address, cursor);
      this.#listener.onCursor(cursor, [address], join(this.#cursors.values()));
    }
  }

  #onClose(reason) {
    this.#detach();
    this.#listener.onState('retrying', reason);
    this.#retry.schedule(() => this.#connect(), this.#reconnectAfterMs);
  }

  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(frame));
    }
  }

  #detach() {
    clearInterval(this.#pings);
    this.#socket = null;
  }

  #close() {
    this.#retry.cancel();
    const socket = this.#socket;
    this.#detach();
    socket?.close(1000);
  }
}
