/** When to try again: twice as long after each failure, within bounds, and never all at once. */
export class Retry {
  #attempts = 0;
  #timer = null;

  constructor({leastMs = 400, mostMs = 8000} = {}) {
    this.leastMs = leastMs;
    this.mostMs = mostMs;
  }

  /** Runs the action after a while, unless cancelled; replaces what was scheduled before. */
  schedule(action, atLeastMs = 0) {
    this.cancel();
    const step = Math.min(this.mostMs, this.leastMs * 2 ** this.#attempts++);
    this.#timer = setTimeout(action, Math.max(atLeastMs, step * (0.5 + Math.random() / 2)));
  }

  /** It worked: the next failure starts from the shortest wait. */
  succeeded() {
    this.#attempts = 0;
  }

  cancel() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}
