import {element, setText, svg} from './dom.js';
import {compact, ms, rate, whole} from './format.js';
import {Table} from './table.js';

const HEIGHT = 100;
const SPAN_MS = 120_000;
const BREAK_MS = 3_500;

/** Latencies as bars, one for each bucket, with a table that says the same. */
export class Histogram {
  #bars = svg('svg', {preserveAspectRatio: 'none', role: 'img', class: 'bars'});
  #labels = element('div', {className: 'bar-labels', ariaHidden: 'true'});
  #note = element('p', {className: 'note'});
  #table = new Table({
    label: 'Latency by bucket',
    key: ({title}) => title,
    columns: [
      {title: 'Latency', text: ({title}) => title},
      {title: 'Writes', number: true, text: ({count}) => whole(count)},
      {title: 'Share', number: true, text: ({share}) => `${(share * 100).toFixed(1)} %`},
    ],
  });
  #shape = '';

  constructor() {
    this.root = element('figure', {className: 'histogram'}, this.#bars, this.#labels, this.#note,
        element('details', {}, element('summary', {text: 'As a table'}), this.#table.root));
  }

  show(latency) {
    const bounds = latency?.bounds_ms ?? [];
    const counts = bounds.concat(Infinity).map((_, i) => latency?.counts?.[i] ?? 0);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const most = Math.max(1, ...counts);
    if (this.#shape !== bounds.join()) {
      this.#shape = bounds.join();
      this.#draw(bounds);
    }
    [...this.#bars.children].forEach((bar, i) => {
      const height = counts[i] === 0 ? 0 : Math.max(1.5, counts[i] / most * HEIGHT);
      bar.setAttribute('y', HEIGHT - height);
      bar.setAttribute('height', height);
    });
    const said = total === 0 ? 'Nothing was delivered in the last 60 s.'
      : `Last 60 s: half within ${ms(latency.p50_ms)}, 99 % within ${ms(latency.p99_ms)}.`;
    this.#bars.setAttribute('aria-label', `Histogram of delivery latency. ${said}`);
    setText(this.#note, `${said} From the lane record's time to the write that carried it.`);
    this.#table.show(counts.map((count, i) => ({
      title: i < bounds.length ? `up to ${ms(bounds[i])}` : `over ${ms(bounds.at(-1) ?? 0)}`,
      count,
      share: total === 0 ? 0 : count / total,
    })));
  }

  #draw(bounds) {
    const buckets = bounds.length + 1;
    this.#bars.setAttribute('viewBox', `0 0 ${buckets * 10} ${HEIGHT}`);
    this.#bars.replaceChildren(...Array.from({length: buckets}, (_, i) => svg('rect', {x: i * 10 + 1, width: 8, y: HEIGHT, height: 0})));
    this.#labels.style.gridTemplateColumns = `repeat(${buckets}, minmax(0, 1fr))`;
    this.#labels.replaceChildren(...bounds.map((bound) => element('span', {text: bound < 1000 ? compact(bound) : `${compact(bound / 1000)} s`})),
        element('span', {text: 'more'}));
  }
}

/** What was live in the last two minutes; where nothing was known the line is broken. */
export class History {
  #samples = [];

  add(value) {
    const now = Date.now();
    this.#samples.push({at: now, value});
    while (this.#samples[0].at < now - SPAN_MS) {
      this.#samples.shift();
    }
  }

  get samples() {
    return this.#samples;
  }
}

/** A history as a line; its newest stands at the right. */
export class Sparkline {
  #plot = svg('svg', {viewBox: '0 0 120 40', preserveAspectRatio: 'none', role: 'img', class: 'spark'});
  #said = element('p', {className: 'note'});

  constructor() {
    this.root = element('figure', {className: 'sparkline'}, this.#plot, this.#said);
  }

  show(history, what) {
    const samples = history.samples;
    const known = samples.filter(({value}) => typeof value === 'number');
    const values = known.map(({value}) => value);
    const top = Math.max(1, ...values) * 1.08;
    const now = samples.at(-1)?.at ?? 0;
    const runs = [];
    let last = null;
    known.forEach(({at, value}) => {
      if (last === null || at - last > BREAK_MS) {
        runs.push([]);
      }
      last = at;
      runs.at(-1).push(`${(120 - (now - at) / SPAN_MS * 120).toFixed(2)},${(39 - value / top * 38).toFixed(2)}`);
    });
    this.#plot.replaceChildren(...runs.flatMap((points) => {
      const [left, right] = [points[0].split(',')[0], points.at(-1).split(',')[0]];
      return [
        svg('polygon', {class: 'area', points: `${left},40 ${points.join(' ')} ${right},40`}),
        svg('polyline', {class: 'line', points: (points.length > 1 ? points : [points[0], points[0]]).join(' ')}),
      ];
    }));
    const said = values.length === 0 ? `${what}: nothing known yet`
      : `last 2 min: ${rate(Math.min(...values))} to ${rate(Math.max(...values))}`;
    this.#plot.setAttribute('aria-label', `${what}, ${said}`);
    setText(this.#said, said);
  }
}
