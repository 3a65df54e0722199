import {button, element, setText} from './dom.js';
import {act} from './api.js';
import {confirm} from './confirm.js';

let whyNotNow = () => 'connecting';

/** @param whyNot why nothing can be done now, in words; '' when it can */
export function actionsDependOn(whyNot) {
  whyNotNow = whyNot;
}

/** Goes over the buttons that act, on each change of what is allowed. */
export function refreshActions(root = document) {
  const why = whyNotNow();
  root.querySelectorAll('[data-act]').forEach((acts) => (acts.disabled = why !== ''));
  root.querySelectorAll('.why-not').forEach((said) => {
    said.hidden = why === '';
    setText(said, why);
  });
}

/** Asks, does it, and says what was done. */
export async function perform(action) {
  const done = await confirm(action, async () => {
    const why = whyNotNow();
    if (why !== '') {
      throw new Error(why);
    }
    return (await act(action.path, action.body)).done;
  });
  if (done !== null) {
    const outcome = document.getElementById('outcome');
    outcome.hidden = false;
    setText(outcome, `Done: ${done}`);
  }
}

/** Buttons that act; where nothing may be done they say why. */
export function actionBar(actions) {
  const bar = element('div', {className: 'actions'},
      element('div', {className: 'buttons'}, ...actions.map(([title, action]) =>
        button(title, () => perform(action()), {data: {act: title}}))),
      whyNotLine());
  refreshActions(bar);
  return bar;
}

export function whyNotLine() {
  return element('p', {className: 'why-not note'});
}
