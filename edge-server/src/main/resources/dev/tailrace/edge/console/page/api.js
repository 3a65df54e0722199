import {tokenNow} from './token.js';

const PATIENCE_MS = 15_000;
const TRACE_PATIENCE_MS = 35_000; // it reads what Kafka holds

/** A refusal, in the words of the edge where it has some. */
export class Refused extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

async function ask(path, options) {
  const token = tokenNow();
  const patienceMs = path.startsWith('trace') ? TRACE_PATIENCE_MS : PATIENCE_MS;
  let answer;
  try {
    answer = await fetch(`./api/${path}`, {
      ...options,
      headers: {...options.headers, ...(token && {authorization: `Bearer ${token}`})},
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(patienceMs), ...(options.signal ? [options.signal] : [])]),
    });
  } catch (failure) {
    if (options.signal?.aborted) {
      throw failure;
    }
    throw new Refused(0, failure.name === 'TimeoutError' ? 'timeout' : 'unreachable',
        failure.name === 'TimeoutError' ? `the edge did not answer within ${patienceMs / 1000} s` : 'the edge cannot be reached');
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) {
    throw new Refused(answer.status, body?.code ?? `http_${answer.status}`, body?.detail ?? `the edge answered ${answer.status}`);
  }
  if (body === null || typeof body !== 'object') {
    throw new Refused(answer.status, 'not_json', 'the edge answered something that is no JSON');
  }
  return body;
}

/** `GET /console/api/<path>`. */
export function look(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ''));
  return ask(query.size > 0 ? `${path}?${query}` : path, {signal});
}

/** `POST /console/api/<path>`. */
export function act(path, body) {
  return ask(path, {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)});
}
