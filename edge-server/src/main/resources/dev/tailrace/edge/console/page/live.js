import {tokenNow} from './token.js';

const STALE_MS = 3_000;
const HOPELESS_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const CROWDED_WAIT_MS = 30_000;

/**
 * The live feed, which comes back by itself. It tells where it stands, `connecting`, `live`, `stale`,
 * `retrying` or `unauthorized`, with a reason and since when what is shown is not live.
 */
export class Live {
  #on;
  #socket = null;
  #standing = {state: 'connecting', reason: '', since: null};
  #snapshot = null;
  #fresh = false;
  #readAt = 0;
  #heardAt = 0;
  #failures = 0;
  #timer = 0;
  #retryAt = 0;

  /** @param on `welcome`, `snapshot` and `standing` */
  constructor(on) {
    this.#on = on;
    setInterval(() => this.#judge(), 250);
    document.addEventListener('visibilitychange', () => this.#judge());
    addEventListener('online', () => this.#socket === null && this.#standing.state === 'retrying' && this.open());
  }

  get snapshot() {
    return this.#snapshot;
  }

  get standing() {
    return this.#standing;
  }

  get isLive() {
    return this.#standing.state === 'live';
  }

  /** Until it comes again by itself, in ms. */
  get retryInMs() {
    return this.#standing.state === 'retrying' && this.#socket === null ? Math.max(0, this.#retryAt - Date.now()) : 0;
  }

  /** Connects anew, with the token of now. */
  open() {
    clearTimeout(this.#timer);
    this.#drop();
    if (this.#standing.state === 'unauthorized') {
      this.#stand('connecting', '');
    }
    const url = new URL('./live', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.hash = '';
    url.search = '';
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.onopen = () => socket.send(JSON.stringify({hello: {token: tokenNow()}}));
    socket.onmessage = ({data}) => this.#socket === socket && this.#onMessage(data);
    socket.onclose = ({code, reason}) => this.#socket === socket && this.#onClose(code, reason);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#fresh = false;
    socket?.close();
  }

  #onMessage(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }
    this.#heardAt = Date.now();
    if (message.welcome) {
      this.#on.welcome(message.welcome);
    } else if (message.snapshot) {
      this.#failures = 0;
      this.#fresh = true;
      this.#snapshot = message.snapshot;
      this.#readAt = this.#heardAt - (message.snapshot.kafka?.silent_ms ?? 0);
      this.#judge();
      this.#on.snapshot(message.snapshot);
    }
  }

  #onClose(code, reason) {
    this.#socket = null;
    this.#fresh = false;
    if (code === 1008 && reason === 'unauthorized') {
      this.#stand('unauthorized', tokenNow() ? 'the edge does not know this token' : 'the edge asks for a token');
      return;
    }
    const crowded = code === 1013;
    const wait = crowded ? CROWDED_WAIT_MS : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    const jittered = wait * (0.75 + Math.random() / 2);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#retryAt = Date.now() + jittered;
    this.#timer = setTimeout(() => this.open(), jittered);
    this.#stand('retrying', crowded ? 'this edge has 64 consoles already' : 'the connection to the edge is gone');
  }

  /** Nothing is live that has not been said within three seconds, or that Kafka has not said. */
  #judge() {
    const silentMs = Date.now() - this.#heardAt;
    if (this.#socket !== null && silentMs > HOPELESS_MS) {
      this.#drop();
      this.#onClose(0, '');
    } else if (!this.#fresh) {
      return; // nothing has come by this connection yet
    } else if (silentMs > STALE_MS) {
      this.#stand('stale', 'the edge has sent nothing for 3 s');
    } else if (this.#snapshot.kafka?.reachable !== true) {
      this.#stand('stale', 'Kafka cannot be reached by this edge');
    } else {
      this.#stand('live', '');
    }
  }

  #stand(state, reason) {
    if (state === this.#standing.state && reason === this.#standing.reason) {
      return;
    }
    // Since the edge has read something: it says that Kafka is away some seconds after that.
    this.#standing = {state, reason, since: state === 'live' || this.#snapshot === null ? null : this.#readAt};
    this.#on.standing(this.#standing);
  }
}
