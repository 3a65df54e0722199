/** An event as `docs/protocol/event.md` has it. */
export interface TailraceEvent<T = unknown> {
  /** The channel it came by; absent on a personal event. */
  channel?: string;
  id: string;
  type?: string;
  time?: string;
  data?: T;
  /** The media type of data that is anything but plain JSON. */
  content_type?: string;
  /** `data` is base64 then. */
  encoding?: 'base64';
  conflation_key?: string;
  /** `tailrace-sender` is who published it at an edge. */
  attributes?: Record<string, string>;
  /** The position just after it in its own partition. */
  cursor: string;
}

/** Events that are lost; the reasons are in `docs/guarantees.md`. */
export interface Gap {
  /** Empty for personal events. */
  channels?: string[];
  reason: 'retention' | 'generation' | 'truncated' | 'budget' | 'skipped' | 'upstream';
  from?: string;
  to?: string;
  approximate?: boolean;
  cursor?: string;
}

export type Transport = 'websocket' | 'stream' | 'eventsource' | 'poll';

/**
 * `connecting`: at once. `live`: connected, and nothing is missed. `waiting`: tries again after
 * `retryMs`. `sleeping`: until `wake()`. `closed`: for good.
 */
export type State = 'connecting' | 'live' | 'waiting' | 'sleeping' | 'closed';

export interface StateChange {
  state: State;
  /** The way of the connection that there is, is tried, or was tried last. */
  transport?: Transport;
  /** Why it waits or is closed. */
  error?: TailraceError;
  retryMs?: number;
}

export class TailraceError extends Error {
  /**
   * For programs: those of `docs/protocol/common.md#errors`, and of this client `bad_origin`,
   * `no_transport`, `bad_channel`, `closed`, `unreachable`, `not_tailrace`, `silent`, `malformed`,
   * `no_token`, `too_slow`.
   */
  readonly code: string;
  /** Of an HTTP answer; 401 also where a WebSocket or a stream ended for its token. */
  readonly status?: number;
  readonly channel?: string;
  /** Trying again with the same changes nothing. */
  readonly final?: boolean;
  /** When to try again, in milliseconds, if the server said so. */
  readonly after?: number;
}

export interface ConnectOptions {
  /**
   * A token, or what gets one: it is called when the one there is ends soon, or was refused. It may
   * throw, and is asked again later; so it is when nothing has come of it after 30 s.
   */
  token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Stands for a token at an edge with `dev`. */
  user?: string;
  /**
   * Where to go on: `cursor` of an earlier client. It is for what is subscribed to before anything
   * else is awaited; what is subscribed to later begins at the present, or where the client was when
   * it was connected last.
   */
  cursor?: string;
  /** Those that may be used; all. */
  transports?: Transport[];
  /** A WebSocket where there is none, such as that of the package `ws` in Node 20. */
  WebSocket?: unknown;
  /** `false`: the address of `connect` is the only one; `/v1/locate` is not asked. */
  locate?: boolean;
  /** Where the client is, as the edges' `edge.zone` names it. */
  zone?: string;
  /** After so many milliseconds without a first word a transport is given up; 10,000. */
  patience?: number;
  /** The edge's `edge.heartbeat`, in milliseconds; 25,000. After 1.6 of them without a byte a connection counts as dead. */
  heartbeat?: number;
  /** After so many milliseconds better transports are tried again, then after twice as many, up to ten minutes; 30,000. */
  probe?: number;
  /** A tab that has been hidden for so many milliseconds holds no connection; never, unless given. */
  sleepAfter?: number;
  onState?(change: StateChange): void;
  /** Each gap; those of subscriptions are told to these as well. */
  onGap?(gap: Gap): void;
  /** Slow: until it has caught up these bring the newest event of each `conflation_key` only. */
  onConflated?(channels: string[]): void;
  /** What went wrong, whether or not it is tried again; `console.warn` unless given. */
  onError?(error: TailraceError): void;
}

export interface SubscribeOptions {
  /** From when on: `5m`, a moment of RFC 3339, or `earliest`. */
  since?: string;
  /** So many of the past, 1 to 1,000. Six subscriptions read theirs at a time. */
  last?: number;
  /**
   * At most so many deliveries a second, 0.1 to 50; each brings the newest event of each
   * `conflation_key`. For named channels, where all that follow the channel (other than on a WebSocket:
   * all that the client follows) ask for it; the most of theirs counts.
   */
  conflate?: number;
  onGap?(gap: Gap): void;
  /** The subscription ended; without it `onError` of the client is told. */
  onError?(error: TailraceError): void;
}

/**
 * As an async iterator, for one loop, it has all that came since it was made, up to 10,000 that wait.
 * The client's `cursor` lies past what waits.
 */
export interface Subscription<T = unknown> extends AsyncIterable<TailraceEvent<T>> {
  readonly channel: string;
  /** Why it ended. */
  readonly error?: TailraceError;
  unsubscribe(): void;
}

export interface Page<T = unknown> {
  events: TailraceEvent<T>[];
  gaps: Gap[];
  /** Where the next page begins. */
  cursor: string;
  more: boolean;
}

export interface Client {
  readonly state: State;
  readonly transport?: Transport;
  /**
   * Where all subscriptions are; for a later `connect`. In a handler it may lie before the event that is
   * given, by a poll before all that its answer brought: save it a moment later.
   */
  readonly cursor?: string;

  /**
   * Also before there is a connection. Without a handler use what is returned in `for await`.
   *
   * @throws TailraceError `bad_channel`, `closed`
   */
  subscribe<T = unknown>(channel: string, handler: (event: TailraceEvent<T>) => void, options?: SubscribeOptions): Subscription<T>;
  subscribe<T = unknown>(channel: string, options?: SubscribeOptions): Subscription<T>;

  /** The events of the token's user. */
  personal<T = unknown>(handler: (event: TailraceEvent<T>) => void, options?: SubscribeOptions): Subscription<T>;
  personal<T = unknown>(options?: SubscribeOptions): Subscription<T>;

  /**
   * Resolves with the event's id once Kafka has it. Repeats only what was surely not written; throws
   * a {@link TailraceError} otherwise, `closed` after `close()`.
   */
  publish(
      to: string | {channels?: string[]; users?: string[]},
      data: unknown,
      options?: {type?: string; content_type?: string; id?: string; ttl?: string; conflation_key?: string; attributes?: Record<string, string>},
  ): Promise<string>;

  /** A page of the past of a channel, or with `undefined` of the user's own. */
  history<T = unknown>(
      channel: string | undefined,
      options?: {cursor?: string; since?: string; last?: number; until?: string; limit?: number},
  ): Promise<Page<T>>;

  /** Holds no connection until `wake()`; nothing is lost by it. Browsers do both by themselves. */
  sleep(): void;
  /**
   * Also tries at once when it waits, even if the server asked for the wait. A browser's own reasons, a
   * tab that is shown or a network that is back, leave the server's waits as they are.
   */
  wake(): void;
  close(): void;
}

/**
 * Connects, and stays so until `close()`.
 *
 * @param origin as `https://events.example.com`; a page's own may be written as `/`
 * @throws TailraceError `bad_origin`, `no_transport`
 */
export function connect(origin: string | URL, options?: ConnectOptions): Client;
