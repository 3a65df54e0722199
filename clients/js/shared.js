/*
 * One connection for all tabs of a site: a SharedWorker, whose script this is too, holds the client,
 * and each tab has what it asked for. README.md is how to use it.
 */
import {connect, Subscription, TailraceError} from './tailrace.js';

const TOLD = ['onState', 'onGap', 'onError', 'onConflated'];

/** Errors lose their class between a worker and a tab. */
const plain = (error) => error && {...error, message: error.message, cause: undefined};
const typed = ({code, message, ...more}) => new TailraceError(code, message, more);

// In the worker

const rooms = new Map(); // name -> {client, tabs}

function roomOf(name, origin, options) {
  const tabs = new Set();
  const told = TOLD.map((kind) => [kind, (body) => {
    if (body.state === 'closed') {
      rooms.delete(name);
    }
    tabs.forEach((tab) => tab.tell(kind, kind === 'onError' ? plain(body) : {...body, error: plain(body.error)}));
  }]);
  // Any tab may have a token; the last that came is the likeliest to answer.
  const token = options.hasToken ? () => [...tabs].at(-1)?.ask() : undefined;
  const room = {tabs, client: connect(origin, {...options, token, ...Object.fromEntries(told)})};
  rooms.set(name, room);
  return room;
}

/** A tab, as the worker sees it. */
function serve(port) {
  const subscriptions = new Map();
  const asked = new Map();
  let room;
  let number = 0;
  const tab = {
    tell: (kind, ...body) => port.postMessage([kind, ...body]),
    ask: () => new Promise((resolve, reject) => {
      asked.set(++number, {resolve, reject});
      tab.tell('token', number);
    }),
  };
  const answer = (id, promise) =>
    promise.then((value) => tab.tell('answer', id, value), (error) => tab.tell('failed', id, plain(error)));
  const commands = {
    open(name, origin, options, lock) {
      room = rooms.get(name) ?? roomOf(name, origin, options);
      room.tabs.add(tab);
      const {state, transport} = room.client;
      tab.tell('onState', {state, transport});
      navigator.locks.request(lock, () => commands.leave()); // the tab has it while it lives
    },
    leave() {
      subscriptions.forEach((one) => one.unsubscribe());
      asked.forEach(({reject}) => reject(new Error('the tab has gone')));
      if (room?.tabs.delete(tab) && !room.tabs.size) {
        room.client.close();
      }
    },
    subscribe(id, method, channel, options) {
      const ended = (error) => tab.tell('ended', id, plain(error));
      const told = {...options, onGap: (gap) => tab.tell('gap', id, gap), onError: ended};
      const take = (event) => tab.tell('event', id, event);
      try {
        subscriptions.set(id, method === 'personal'
            ? room.client.personal(take, told) : room.client.subscribe(channel, take, told));
      } catch (error) {
        ended(error);
      }
    },
    unsubscribe(id) {
      subscriptions.get(id)?.unsubscribe();
      subscriptions.delete(id);
    },
    call: (id, method, ...given) => answer(id, room.client[method](...given)),
    token: (id, token) => asked.get(id).resolve(token),
    noToken: (id, reason) => asked.get(id).reject(new Error(reason)),
  };
  port.onmessage = ({data: [command, ...given]}) => commands[command](...given);
}

if (globalThis.SharedWorkerGlobalScope) {
  globalThis.onconnect = ({ports: [port]}) => serve(port);
}

// In a tab

/** The surface of a client. */
class Tab {
  #port;
  #release;
  #outbox = []; // until the worker has been told who this is
  #number = 0;
  #subscriptions = new Map();
  #calls = new Map();

  state = 'connecting';

  constructor(origin, {share = '', token, ...options}) {
    this.options = options;
    this.#port = new SharedWorker(import.meta.url, {type: 'module', name: 'tailrace'}).port;
    this.#port.onmessage = ({data: [kind, ...body]}) => this.#onTold(kind, body, token);
    const lock = `tailrace.${crypto.getRandomValues(new Uint32Array(4)).join('.')}`;
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => typeof value !== 'function'));
    const url = new URL(origin, location.href).href;
    const name = JSON.stringify([url, share, options.user]);
    navigator.locks.request(lock, () => {
      this.#port.postMessage(['open', name, url, {...given, hasToken: token !== undefined}, lock]);
      this.#outbox.splice(0).forEach((message) => this.#port.postMessage(message));
      return new Promise((resolve) => (this.#release = resolve)); // held while this tab lives
    });
  }

  #send(...message) {
    if (this.#release) {
      this.#port.postMessage(message);
    } else {
      this.#outbox.push(message);
    }
  }

  report = (error) => (this.options.onError ?? console.warn)(error);

  #onTold(kind, [id, body], token) {
    if (TOLD.includes(kind)) {
      const told = kind === 'onError' ? typed(id) : {...id, error: id.error && typed(id.error)};
      Object.assign(this, kind === 'onState' ? {state: told.state, transport: told.transport} : {});
      (kind === 'onError' ? this.report : this.options[kind])?.(told);
    } else if (kind === 'token') {
      Promise.resolve().then(() => (typeof token === 'function' ? token() : token)).then(
          (value) => this.#send('token', id, value), (reason) => this.#send('noToken', id, String(reason)));
    } else if (this.#calls.has(id)) {
      const {resolve, reject} = this.#calls.get(id);
      this.#calls.delete(id);
      if (kind === 'answer') {
        resolve(body);
      } else {
        reject(typed(body));
      }
    } else {
      const one = this.#subscriptions.get(id);
      ({event: () => one?.take(body), gap: () => one?.gap(body), ended: () => one?.fail(typed(body))})[kind]();
    }
  }

  subscribe(channel, handler, options) {
    return this.#follow('subscribe', channel, handler, options);
  }

  personal(handler, options) {
    return this.#follow('personal', '', handler, options);
  }

  #follow(method, channel, handler, options = {}) {
    if (typeof handler !== 'function') {
      [handler, options] = [undefined, handler ?? options];
    }
    const {onGap, onError, ...asked} = options;
    const one = new Subscription(this, channel, handler, {onGap, onError});
    const id = ++this.#number;
    this.#subscriptions.set(id, one);
    this.#send('subscribe', id, method, channel, asked);
    return one;
  }

  drop(one) {
    this.#subscriptions.forEach((other, id) => {
      if (other === one) {
        this.#subscriptions.delete(id);
        this.#send('unsubscribe', id);
      }
    });
  }

  publish(...given) {
    return this.#call('publish', given);
  }

  history(...given) {
    return this.#call('history', given);
  }

  #call(method, given) {
    return new Promise((resolve, reject) => {
      const id = ++this.#number;
      this.#calls.set(id, {resolve, reject});
      this.#send('call', id, method, ...given);
    });
  }

  close() {
    this.state = 'closed';
    [...this.#subscriptions.values()].forEach((one) => one.unsubscribe());
    this.#release?.();
    this.#port.close();
  }
}

/** As `connect`, for all tabs with this `share`: say who is logged in. */
export const connectShared = (origin, options = {}) =>
  globalThis.SharedWorker && navigator.locks ? new Tab(origin, options) : connect(origin, options);
