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

/** Takes one out of the address, whether alone or behind a view's parameters. */
export function takeTokenFromAddress() {
  const [view, query] = location.hash.startsWith('#token=') ? ['', location.hash.slice(1)] : location.hash.slice(1).split('?', 2);
  const parameters = new URLSearchParams(query ?? '');
  const token = parameters.get('token');
  if (token === null) {
    return false;
  }
  parameters.delete('token');
  keepToken(token);
  const rest = parameters.toString();
  history.replaceState(null, '', `${location.pathname}${location.search}#${view || 'fleet'}${rest && view ? `?${rest}` : ''}`);
  return true;
}
