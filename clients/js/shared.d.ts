import type {Client, ConnectOptions} from './tailrace.js';

/**
 * What tabs share. `cursor`, `sleep` and `wake` are not theirs, functions other than `token` and those
 * that are told something are not passed on, and a bad channel is told to `onError`.
 */
export type SharedClient = Omit<Client, 'cursor' | 'sleep' | 'wake'>;

export interface SharedOptions extends Omit<ConnectOptions, 'WebSocket' | 'cursor' | 'sleepAfter'> {
  /** Tabs of one origin that say the same here have one connection: say who is logged in. */
  share?: string;
}

/**
 * As `connect`, with one connection for all tabs of a site, which a SharedWorker holds. The options
 * of the first tab count, and its token is whichever tab's that is asked; one that does not answer
 * within 8 s is passed over. Where there is no SharedWorker it is `connect`;
 * where there is none for this page (a sandboxed frame, a module of another origin, a blocked script) the
 * tab has a connection of its own.
 *
 * @throws TailraceError `bad_origin`, `no_transport`
 */
export function connectShared(origin: string | URL, options?: SharedOptions): SharedClient;
