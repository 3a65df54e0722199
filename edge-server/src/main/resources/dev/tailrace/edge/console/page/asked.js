import {button, element, setText} from './dom.js';
import {look} from './api.js';
import {moment} from './format.js';

/**
 * What is asked for once and not pushed: it says of when it is, how it failed, and asks again when
 * told to. Of several questions under way the last counts.
 */
export class Asked {
  #path;
  #show;
  #when = element('span', {className: 'when'});
  #failure = element('p', {className: 'failure', role: 'alert'});
  #again;
  #content;
  #asking = null;
  #parameters = null;
  #at = null;

  /** @param show takes the answer and puts it into the content */
  constructor(path, content, show) {
    this.#path = path;
    this.#content = content;
    this.#show = show;
    this.#again = button('Ask again', () => this.again());
    this.root = element('div', {className: 'asked'},
        element('div', {className: 'asked-head'}, this.#when, this.#again), this.#failure, content);
    this.#content.hidden = true;
    this.#again.hidden = true;
  }

  /** Asks; what another question has answered is taken away first. */
  async ask(parameters = {}) {
    this.#parameters = parameters;
    this.#at = null;
    this.#content.hidden = true;
    await this.again();
    const sum = this.#content.querySelector('.sum');
    if (this.#at !== null && sum !== null) {
      setText(document.getElementById('said'), sum.textContent); // it was waited for
    }
  }

  /** Asks the same again. */
  async again() {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#again.hidden = false;
    setText(this.#when, this.#at === null ? 'Asking…' : `As of ${moment(this.#at)}, asking again…`);
    try {
      const answer = await look(this.#path, this.#parameters ?? {}, asking.signal);
      if (this.#asking !== asking) {
        return;
      }
      this.#at = Date.now();
      this.#show(answer);
      this.#content.hidden = false;
      this.#content.classList.remove('old');
      setText(this.#failure, '');
      setText(this.#when, `As of ${moment(this.#at)}`);
    } catch (failure) {
      if (this.#asking === asking) {
        this.#fail(failure);
      }
    }
  }

  #fail(failure) {
    if (failure.status === 401) {
      dispatchEvent(new CustomEvent('tailrace-unauthorized'));
    }
    setText(this.#failure, `Not answered: ${failure.message}.`);
    this.#content.classList.add('old');
    setText(this.#when, this.#at === null ? '' : `As of ${moment(this.#at)}`);
  }

  close() {
    this.#asking?.abort();
    this.#asking = null;
  }
}
