const KEPT = 120;
const DRAWN = 60;

/** The newest latencies of one transport, in ms. */
export class Latency {
  #samples = [];

  add(ms) {
    // Two clocks may differ by a little: an event does not arrive before it happened.
    this.#samples.push(Math.max(0, ms));
    if (this.#samples.length > KEPT) {
      this.#samples.shift();
    }
  }

  clear() {
    this.#samples = [];
  }

  get samples() {
    return this.#samples;
  }

  get last() {
    return this.#samples.at(-1);
  }

  get p50() {
    const sorted = [...this.#samples].sort((a, b) => a - b);
    return sorted[Math.floor((sorted.length - 1) / 2)];
  }
}

/** The newest samples as the points of a polyline, newest at the right; the full height is 20 ms or more. */
export function sparkline(samples, width, height) {
  const drawn = samples.slice(-DRAWN);
  const top = Math.max(20, ...drawn);
  const step = width / (DRAWN - 1);
  const left = width - (drawn.length - 1) * step;
  return drawn
      .map((ms, i) => [left + i * step, height - 1 - (ms / top) * (height - 2)])
      .map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`)
      .join(' ');
}
