import {sparkline} from './latency.js';
import {clockTime, count, dataText, element, fromTemplate, onceAFrame} from './view.js';

const SHOWN = 200;
const STATES = {connecting: 'connecting', live: 'live', retrying: 'retrying', cut: 'cut'};

/**
 * One way on the page. The figures are data- attributes of its element too, so that a test
 * or a curious colleague in the console can read them.
 */
export class Panel {
  #root = fromTemplate('panel');
  #waiting = [];
  #colourOf;
  #latency = null;
  #paintRows = onceAFrame(() => this.#rowsIn());

  constructor(name, title, means, colourOf) {
    this.#colourOf = colourOf;
    this.#root.id = name;
    this.#root.dataset.transport = name;
    const heading = this.#find('h3');
    heading.id = `${name}-title`;
    heading.textContent = title;
    this.#root.setAttribute('aria-labelledby', heading.id);
    this.#find('.means').textContent = means;
    this.#find('.events').ariaLabel = `Newest events by ${title}`;
    this.#find('.cut').ariaLabel = `Cut ${title}`;
    this.#find('.resume').ariaLabel = `Resume ${title}`;
    this.showCount(0);
  }

  get root() {
    return this.#root;
  }

  onCut(action) {
    this.#find('.cut').addEventListener('click', action);
  }

  onResume(action) {
    this.#find('.resume').addEventListener('click', action);
  }

  showState(state, why) {
    const [cut, resume] = [this.#find('.cut'), this.#find('.resume')];
    const focused = document.activeElement;
    this.#root.dataset.state = state;
    this.#find('.state-text').textContent = STATES[state];
    cut.disabled = state === 'cut';
    resume.disabled = state !== 'cut';
    if (focused === cut && cut.disabled) {
      resume.focus(); // a disabled button would drop the keyboard's place
    } else if (focused === resume && resume.disabled) {
      cut.focus();
    }
    this.showNote(why ?? '');
  }

  showNote(text) {
    this.#find('.note').textContent = text;
  }

  /** By which it goes now; a change is told among the events. */
  showTransport(transport) {
    const before = this.#root.dataset.by;
    this.#root.dataset.by = transport;
    this.#find('.by').textContent = transport;
    if (before && before !== transport) {
      this.#root.dataset.switches = Number(this.#root.dataset.switches) + 1;
      this.#add(() => switchRow(before, transport));
    }
  }

  showCursor(cursor) {
    const shown = this.#find('.cursor dd');
    this.#root.dataset.cursor = cursor ?? '';
    shown.textContent = cursor ?? '–';
    shown.title = cursor ?? '';
  }

  showCount(events) {
    this.#root.dataset.events = events;
    this.#find('.count').textContent = events.toLocaleString('en');
  }

  showLatency(latency) {
    this.#latency = latency;
    this.#paintRows();
  }

  showFindings({missing, behind, twice, disordered}) {
    Object.assign(this.#root.dataset, {missing, behind, twice, disordered});
    const faults = [
      missing > 0 && `${missing.toLocaleString('en')} missing`,
      twice > 0 && `${twice.toLocaleString('en')} twice`,
      disordered > 0 && `${disordered.toLocaleString('en')} out of order`,
    ].filter(Boolean);
    const check = this.#find('.check');
    check.dataset.check = faults.length > 0 ? 'fault' : behind > 0 ? 'behind' : 'whole';
    check.textContent = faults.length > 0
      ? faults.join(' · ')
      : behind > 0
        ? `${count(behind, 'event')} behind, nothing missing so far`
        : 'nothing missing · nothing twice · in order';
  }

  addEvent(event, happened, arrived) {
    this.#add(() => this.#eventRow(event, happened, arrived));
  }

  addGap(gap) {
    this.#root.dataset.gaps = Number(this.#root.dataset.gaps) + 1;
    this.#add(() => gapRow(gap));
  }

  clear() {
    this.#waiting = [];
    delete this.#root.dataset.by;
    this.#root.dataset.gaps = 0;
    this.#root.dataset.switches = 0;
    this.#find('.events').replaceChildren();
    this.#find('.empty').hidden = false;
    this.showNote('');
  }

  /** Rows are made in the next frame, and only as many as will stay. */
  #add(row) {
    this.#waiting.push(row);
    if (this.#waiting.length > SHOWN) {
      this.#waiting.shift();
    }
    this.#paintRows();
  }

  #rowsIn() {
    if (this.#waiting.length > 0) {
      const list = this.#find('.events');
      list.prepend(...this.#waiting.map((row) => row()).reverse());
      this.#waiting = [];
      while (list.childElementCount > SHOWN) {
        list.lastElementChild.remove();
      }
      this.#find('.empty').hidden = true;
    }
    if (this.#latency) {
      const {samples, p50, last} = this.#latency;
      this.#find('.p50').textContent = inMs(p50);
      this.#find('.last').textContent = inMs(last);
      this.#find('.line').setAttribute('points', sparkline(samples, 120, 28));
    }
  }

  #eventRow(event, happened, arrived) {
    const personal = event.channel === undefined;
    const address = element('span', {className: 'address'},
        element('span', {className: 'dot', ariaHidden: 'true'}), personal ? 'to you' : event.channel);
    const data = dataText(event);
    const row = element('li', {className: personal ? 'event own' : `event ${this.#colourOf(event.channel)}`},
        element('time', {text: clockTime(arrived), title: happened ? `happened ${clockTime(happened)}` : ''}),
        address,
        element('span', {className: 'type', text: event.type ?? ''}),
        element('span', {className: 'data', text: data, title: `${data}\nid ${event.id}`}));
    row.dataset.id = event.id;
    row.dataset.channel = event.channel ?? '';
    return row;
  }

  #find(selector) {
    return this.#root.querySelector(selector);
  }
}

function gapRow(gap) {
  const from = gap.from ? clockTime(Date.parse(gap.from)) : null;
  const to = gap.to ? clockTime(Date.parse(gap.to)) : null;
  const span = from && to ? `, ${from} to ${to}` : to ? `, until ${to}` : '';
  const row = element('li', {className: 'gap'},
      element('strong', {text: 'gap'}),
      element('span', {text: `${(gap.channels ?? []).join(', ') || 'your own events'}: ${gap.reason}${span}`}));
  row.dataset.gap = gap.reason;
  return row;
}

function switchRow(before, now) {
  const row = element('li', {className: 'switch'},
      element('strong', {text: clockTime(Date.now())}),
      element('span', {text: `now by ${now}, before by ${before}`}));
  row.dataset.switch = now;
  return row;
}

function inMs(ms) {
  return ms === undefined ? '–' : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(0)} s`;
}
