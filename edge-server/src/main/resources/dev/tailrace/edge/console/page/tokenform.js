import {setText} from './dom.js';
import {keepToken, takeTokenFromAddress} from './token.js';

const byId = (id) => document.getElementById(id);

/**
 * The form in which a token is entered, open where the edge asks for one.
 *
 * @param onToken a token is there, or gone
 */
export function prepareToken(onToken) {
  const [panel, opener, value, why] = ['token', 'token-open', 'token-value', 'token-why'].map(byId);
  const usual = why.textContent;
  const toggle = (open) => {
    panel.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
    if (!open) {
      why.replaceChildren(usual);
    }
  };
  const use = (token) => {
    keepToken(token);
    value.value = '';
    toggle(false);
    opener.focus();
    onToken();
  };
  opener.addEventListener('click', () => {
    toggle(panel.hidden);
    if (!panel.hidden) {
      value.focus();
    }
  });
  byId('token-form').addEventListener('submit', (submit) => {
    submit.preventDefault();
    use(value.value.trim());
  });
  byId('token-forget').addEventListener('click', () => use(''));
  takeTokenFromAddress();
  return {
    ask(reason) {
      toggle(true);
      setText(why, `${reason[0].toUpperCase()}${reason.slice(1)}. ${usual}`);
      if (document.activeElement === document.body || document.activeElement === opener) {
        value.focus();
      }
    },
    accepted() {
      if (!panel.contains(document.activeElement)) { // somebody may be writing another
        toggle(false);
      }
    },
    takeFromAddress: takeTokenFromAddress,
  };
}
