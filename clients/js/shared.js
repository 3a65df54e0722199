/*
 * One connection for all tabs of a site: a SharedWorker, whose script this is too, holds the client,
 * and each tab has what it asked for. README.md is how to use it.
 */
import {connect, Subscription, TailraceError} from './tailrace.js';

const TOLD = ['onState', 'onGap', 'onError', 'onConflated'];
const TOKEN_MS = 8_000; // a tab that is frozen does not answer; the client waits for 30 s
const WORKER_MS = 10_000;

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
    const said = {onError: plain, onConflated: (channels) => channels}[kind] ?? ((state) => ({...state, error: plain(state.error)}));
    tabs.forEach((tab) => tab.tell(kind, said(body)));
  }]);
  const token = options.hasToken ? () => askOne(tabs) : undefined;
  const room = {tabs, client: connect(origin, {...options, token, ...Object.fromEntries(told)})};
  rooms.set(name, room);
  return room;
}

/** Any tab may have a token; the last that came is the likeliest to answer, and then who has answered before. */
async function askOne(tabs) {
  let fault = new Error('no tab is left');
  for (const tab of [...tabs].reverse().sort((a, b) => a.missed - b.missed)) {
    try {
      return await tab.ask();
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

/** A tab, as the worker sees it. */
function serve(port) {
  const subscriptions = new Map();
  const asked = new Map();
  let room;
  let number = 0;
  const tab = {
    tell: (kind, ...body) => port.postMessage([kind, ...body]),
    missed: 0, // requests for a token
    async ask() {
      const id = ++number;
      let timer;
      try {
        return await new Promise((resolve, reject) => {
          asked.set(id, {resolve, reject});
          timer = setTimeout(() => {
            tab.missed++;
            reject(new Error('the tab does not answer'));
          }, TOKEN_MS);
          tab.tell('token', id);
        });
      } finally {
        clearTimeout(timer);
        asked.delete(id);
      }
    },
  };
  const answer = (id, promise) =>
    promise.then((value) => tab.tell('answer', id, value), (error) => tab.tell('failed', id, plain(error)));
  const commands = {
    open(name, origin, options, lock) {
      room = rooms.get(name) ?? roomOf(name, origin, options);
      room.tabs.add(tab);
      const {state, transport} = room.client;
      tab.tell('onState', {state, transport});
      if (lock) {
        navigator.locks.request(lock, () => commands.leave()); // the tab has it while it lives
      }
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
    token(id, token) {
      tab.missed = 0;
      asked.get(id)?.resolve(token);
    },
    noToken: (id, reason) => asked.get(id)?.reject(new Error(reason)),
  };
  port.onmessage = ({data: [command, ...given]}) => commands[command](...given);
}

if (globalThis.SharedWorkerGlobalScope) {
  globalThis.onconnect = ({ports: [port]}) => serve(port);
}

// In a tab

/** What a worker that comes late is not to do a second time: it is sent to one that has answered. */
const isCall = ([command]) => command === 'call';

/** The surface of a client. */
class Tab {
  #port;
  #token;
  #release;
  #sent = []; // all of it, until the worker has said something
  #patience;
  #isAlone = false;
  #number = 0;
  #subscriptions = new Map();
  #calls = new Map();

  state = 'connecting';

  constructor(origin, {share = '', token, ...options}) {
    connect(origin, {transports: options.transports}).close(); // throws what that throws
    this.options = options;
    this.#token = token;
    const lock = `tailrace.${crypto.getRandomValues(new Uint32Array(4)).join('.')}`;
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => typeof value !== 'function'));
    const url = new URL(origin, location.href).href;
    const name = JSON.stringify([url, share, options.user]);
    this.#send('open', name, url, {...given, hasToken: token !== undefined}, lock);
    this.#patience = setTimeout(() => this.#goAlone(), WORKER_MS);
    try {
      const worker = new SharedWorker(import.meta.url, {type: 'module', name: 'tailrace'});
      worker.onerror = () => this.#goAlone();
      this.#hold(lock, () => this.#isAlone || this.#use(worker.port));
    } catch {
      this.#goAlone();
    }
  }

  /** Holds a lock while this tab lives: so the worker knows when it is gone. */
  #hold(lock, action) {
    navigator.locks.request(lock, () => {
      if (this.state === 'closed') {
        return undefined;
      }
      action();
      return new Promise((resolve) => (this.#release = resolve));
    }).catch(() => this.#goAlone());
  }

  #use(port) {
    this.#port = port;
    port.onmessage = ({data: [kind, ...body]}) => {
      clearTimeout(this.#patience);
      const calls = this.#sent?.filter(isCall) ?? [];
      this.#sent = undefined;
      calls.forEach((message) => port.postMessage(message));
      this.#onTold(kind, body);
    };
    this.#sent.filter((message) => !isCall(message)).forEach((message) => port.postMessage(message));
  }

  /** Where there may be no worker, what it does is done here, for this tab. */
  #goAlone() {
    if (this.#sent && !this.#isAlone && this.state !== 'closed') {
      this.#isAlone = true;
      this.#leave();
      const [open, ...others] = this.#sent;
      this.#sent = [open.slice(0, -1), ...others]; // nobody else waits for the lock
      const {port1, port2} = new MessageChannel();
      serve(port1);
      this.#use(port2);
    }
  }

  #leave() {
    clearTimeout(this.#patience);
    this.#port?.postMessage(['leave']); // what was sent before is done before
    this.#port?.close();
  }

  #send(...message) {
    this.#sent?.push(message);
    if (!this.#sent || !isCall(message)) {
      this.#port?.postMessage(message);
    }
  }

  report = (error) => (this.options.onError ?? console.warn)(error);

  #onTold(kind, [id, body]) {
    if (TOLD.includes(kind)) {
      const told = {onError: typed, onConflated: (channels) => channels}[kind]?.(id) ?? {...id, error: id.error && typed(id.error)};
      Object.assign(this, kind === 'onState' ? {state: told.state, transport: told.transport} : {});
      (kind === 'onError' ? this.report : this.options[kind])?.(told);
    } else if (kind === 'token') {
      const token = this.#token;
      Promise.resolve().then(() => (typeof token === 'function' ? token() : token))
          .then((value) => this.#send('token', id, value))
          .catch((reason) => this.#send('noToken', id, String(reason)));
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
    if (this.state === 'closed') {
      throw closed();
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
      if (this.state === 'closed') {
        throw closed();
      }
      const id = ++this.#number;
      this.#calls.set(id, {resolve, reject});
      this.#send('call', id, method, ...given);
    });
  }

  close() {
    this.state = 'closed';
    [...this.#subscriptions.values()].forEach((one) => one.unsubscribe());
    this.#calls.forEach(({reject}) => reject(closed()));
    this.#calls.clear();
    this.#leave();
    this.#release?.();
  }
}

const closed = () => new TailraceError('closed', 'connect anew');

/** As `connect`, for all tabs with this `share`: say who is logged in. */
export const connectShared = (origin, options = {}) =>
  globalThis.SharedWorker && navigator.locks ? new Tab(origin, options) : connect(origin, options);
