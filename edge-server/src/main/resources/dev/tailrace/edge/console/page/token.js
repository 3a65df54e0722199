/*
 * The token, for as long as the tab lives. `#token=…` in the address brings one; it is taken out of
 * the address at once, so that it stands in no history and no shared link.
 */

const KEY = 'tailrace.console.token';
let kept = '';

function storage() {
  try {
    return sessionStorage;
  } catch {
    return null; // refused by the browser's settings: then it is kept for as long as the page is
  }
}

export function tokenNow() {
  return storage()?.getItem(KEY) ?? kept;
}

export function keepToken(token) {
  kept = token;
  if (token) {
    storage()?.setItem(KEY, token);
  } else {
    storage()?.removeItem(KEY);
  }
}

/** A plus is a plus here: a token may hold one, and no form has written it. */
function decoded(raw) {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

/** Takes one out of the address, whether alone or behind a view's parameters. */
export function takeTokenFromAddress() {
  const [view, query] = location.hash.startsWith('#token=') ? ['', location.hash.slice(1)] : location.hash.slice(1).split('?', 2);
  const raw = /(?:^|&)token=([^&]*)/.exec(query ?? '')?.[1];
  if (raw === undefined) {
    return false;
  }
  const parameters = new URLSearchParams(query);
  parameters.delete('token');
  keepToken(decoded(raw));
  const rest = parameters.toString();
  history.replaceState(null, '', `${location.pathname}${location.search}#${view || 'fleet'}${rest && view ? `?${rest}` : ''}`);
  return true;
}
