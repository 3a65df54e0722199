const BURST = 20;

/** The publish box: sends, shows the acknowledged id, and when each transport brought the event. */
export class PublishBox {
  #form = document.getElementById('publish');
  #result = document.getElementById('publish-result');
  #user;
  #publishEvent;
  #titles;
  #sent = null;

  /** `publish(to, data, options)` is the client's; `titles` has a name for each way. */
  constructor({user, publish, titles}) {
    this.#user = user;
    this.#publishEvent = publish;
    this.#titles = titles;
    this.#form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      this.#publish(1);
    });
    this.#field('publish-burst').addEventListener('click', () => this.#publish(BURST));
    this.#field('publish-kind').addEventListener('change', ({target}) => {
      this.#field('publish-to').value = target.value === 'user' ? this.#user() : 'scores';
    });
    this.#field('publish-data').addEventListener('input', ({target}) => target.setCustomValidity(''));
  }

  showNames(names) {
    document.getElementById('publish-names').replaceChildren(
        ...names.map((name) => Object.assign(document.createElement('option'), {value: name})));
  }

  /** To be told of every event, whichever transport brought it. */
  onEvent(name, event) {
    if (this.#sent?.ids.has(event.id)) {
      const brought = this.#sent.brought;
      const known = brought.get(name) ?? {events: 0, ms: 0};
      brought.set(name, {events: known.events + 1, ms: performance.now() - this.#sent.at});
      this.#show();
    } else if (this.#sent && !this.#sent.complete) {
      // It may well arrive before the acknowledgement has told its id.
      this.#sent.early.push([name, event, performance.now()]);
      this.#sent.early.splice(0, this.#sent.early.length - 1000);
    }
  }

  async #publish(times) {
    const body = this.#body();
    if (!body) {
      return;
    }
    const sent = {at: performance.now(), ids: new Set(), early: [], brought: new Map(), complete: false};
    this.#sent = sent;
    this.#say('Waiting for Kafka…', '');
    for (let i = 0; i < times; i++) {
      const failure = await this.#send(body, sent);
      if (failure) {
        this.#sent = null;
        this.#say(failure, 'failed');
        return;
      }
    }
    sent.acknowledgedMs = performance.now() - sent.at;
    sent.complete = true;
    sent.early = [];
    if (this.#sent === sent) {
      this.#show();
    }
  }

  async #send({data, type, ...to}, sent) {
    try {
      const id = await this.#publishEvent(to, data, {type});
      sent.ids.add(id);
      sent.lastId = id;
      const early = sent.early.filter(([, event]) => event.id === id);
      sent.early = sent.early.filter(([, event]) => event.id !== id);
      early.forEach(([name, , at]) => {
        const known = sent.brought.get(name) ?? {events: 0, ms: 0};
        sent.brought.set(name, {events: known.events + 1, ms: at - sent.at});
      });
      return null;
    } catch (error) {
      return `Not acknowledged: ${error.message}`;
    }
  }

  #body() {
    const data = this.#field('publish-data');
    const text = data.value.trim();
    const kind = this.#field('publish-kind').value;
    const body = {[kind === 'user' ? 'users' : 'channels']: [this.#field('publish-to').value.trim()]};
    const type = this.#field('publish-type').value.trim();
    if (type) {
      body.type = type;
    }
    try {
      if (text) {
        body.data = JSON.parse(text);
      }
      return body;
    } catch (failure) {
      data.setCustomValidity(`Not JSON: ${failure.message}`);
      data.reportValidity();
      return null;
    }
  }

  #show() {
    const {acknowledgedMs, ids, lastId, brought, complete} = this.#sent;
    if (!complete) {
      return;
    }
    const what = ids.size === 1 ? `id ${lastId}` : `${ids.size} events, last id ${lastId}`;
    const arrivals = [...this.#titles]
        .map(([name, title]) => {
          const {events = 0, ms} = brought.get(name) ?? {};
          return events === ids.size ? `${title} ${Math.round(ms)} ms` : `${title} ${ids.size === 1 ? '–' : `${events} of ${ids.size}`}`;
        });
    this.#say(`Acknowledged in ${Math.round(acknowledgedMs)} ms: ${what}. Arrived: ${arrivals.join(', ')}.`, 'acknowledged');
    this.#result.dataset.id = lastId;
  }

  #say(text, outcome) {
    this.#result.textContent = text;
    this.#result.dataset.outcome = outcome;
    delete this.#result.dataset.id;
  }

  #field(id) {
    return document.getElementById(id);
  }
}
