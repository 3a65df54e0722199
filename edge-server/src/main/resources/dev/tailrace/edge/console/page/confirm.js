import {element, setText} from './dom.js';

const byId = (id) => document.getElementById(id);
let open = null;

/**
 * Asks whether to do it, saying what it does and to how many. While that is being counted the answer
 * cannot be yes; where it cannot be counted that is said, and it can.
 *
 * @param action `title`, `what`, `counted(signal)`, `notes`, `go` (the button), and `word` to be typed if any
 * @param run does it; what it throws is shown, and it may be tried again
 * @return what `run` returned; null when it was not to be done
 */
export function confirm(action, run) {
  const dialog = byId('confirm');
  const counting = new AbortController();
  const state = {counted: false, running: false};
  setText(byId('confirm-title'), action.title);
  setText(byId('confirm-what'), action.what);
  setText(byId('confirm-count'), 'Counting…');
  setText(byId('confirm-failure'), '');
  setText(byId('confirm-go'), action.go);
  byId('confirm-notes').replaceChildren(...(action.notes ?? []).map((text) => element('li', {text})));
  byId('confirm-typing').hidden = !action.word;
  setText(byId('confirm-word'), action.word ?? '');
  byId('confirm-typed').value = '';
  const judge = () => {
    byId('confirm-go').disabled = !state.counted || state.running || Boolean(action.word) && byId('confirm-typed').value !== action.word;
    byId('confirm-cancel').disabled = state.running;
  };
  judge();
  action.counted(counting.signal)
      .catch((failure) => `It could not be counted: ${failure.message}.`)
      .then((text) => {
        if (!counting.signal.aborted) {
          state.counted = true;
          setText(byId('confirm-count'), text);
          judge();
        }
      });
  return new Promise((resolve) => {
    const end = (outcome) => {
      counting.abort();
      open = null;
      dialog.close();
      resolve(outcome);
    };
    open = {
      judge,
      cancel: () => !state.running && end(null),
      go: async () => {
        if (byId('confirm-go').disabled) {
          return;
        }
        state.running = true;
        judge();
        setText(byId('confirm-failure'), '');
        try {
          end(await run());
        } catch (failure) {
          state.running = false;
          setText(byId('confirm-failure'), `Not done: ${failure.message}.`);
          judge();
        }
      },
    };
    dialog.showModal();
    byId(action.word ? 'confirm-typed' : 'confirm-cancel').focus();
  });
}

/** Once, when the page is made. */
export function prepareConfirm() {
  byId('confirm-cancel').addEventListener('click', () => open?.cancel());
  byId('confirm-typed').addEventListener('input', () => open?.judge());
  byId('confirm').addEventListener('cancel', (cancel) => {
    cancel.preventDefault();
    open?.cancel();
  });
  byId('confirm-form').addEventListener('submit', (submit) => {
    submit.preventDefault();
    open?.go();
  });
}
