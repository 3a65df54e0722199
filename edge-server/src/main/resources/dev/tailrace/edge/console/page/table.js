import {button, element, input, setText, visible} from './dom.js';
import {whole} from './format.js';

const PAGE = 50;

/**
 * A table that is painted again and again: rows keep their elements, so that focus and selection
 * stay, and of long ones a page is shown. A column has a `title`, and either `text(item)` or
 * `make(item)` with `update(node, item)`; `value(item)` makes it sortable, `number` sets it right,
 * `wide` gives it a line of its own where a row is a card.
 * On narrow screens its rows are cards, which a style sheet makes of them; the roles are written out
 * since that would take them away.
 */
export class Table {
  #columns;
  #keyOf;
  #search;
  #empty;
  #rowClass;
  #items = [];
  #rows = new Map();
  #page = 0;
  #sorted = null;
  #body = element('tbody', {role: 'rowgroup'});
  #none = element('p', {className: 'none'});
  #range = element('span', {className: 'range'});
  #filter = input({type: 'search', placeholder: 'Filter', ariaLabel: 'Filter'});
  #pager;
  #before;
  #next;
  #heads;
  #scroll;

  constructor({label, columns, key, search, empty = 'None.', rowClass = () => ''}) {
    this.#columns = columns;
    this.#keyOf = key;
    this.#search = search ?? key;
    this.#empty = empty;
    this.#rowClass = rowClass;
    this.#heads = columns.map((column) => this.#head(column));
    const table = element('table', {role: 'table', ariaLabel: label},
        element('thead', {role: 'rowgroup'}, element('tr', {role: 'row'}, ...this.#heads)), this.#body);
    this.#scroll = element('div', {className: 'scroll', role: 'group', ariaLabel: label, tabIndex: 0}, table);
    this.#before = button('Previous', () => this.#turn(-1), {ariaLabel: `Previous page of ${label}`});
    this.#next = button('Next', () => this.#turn(1), {ariaLabel: `Next page of ${label}`});
    this.#filter.ariaLabel = `Filter ${label}`;
    this.#filter.addEventListener('input', () => {
      this.#page = 0;
      this.#paint();
    });
    this.#pager = element('div', {className: 'pager', hidden: true}, this.#filter, this.#range, this.#before, this.#next);
    this.root = element('div', {className: 'table'}, this.#pager, this.#scroll, this.#none);
  }

  show(items) {
    this.#items = items;
    this.#paint();
  }

  #head({title, number, value}) {
    const head = element('th', {scope: 'col', role: 'columnheader', className: number ? 'number' : ''});
    if (!value) {
      head.textContent = title;
      return head;
    }
    head.append(button(title, () => this.#sortBy(title, number), {className: 'sort'}));
    return head;
  }

  #sortBy(title, number) {
    if (this.#sorted?.title !== title) {
      this.#sorted = {title, down: Boolean(number)};
    } else if (this.#sorted.down === Boolean(number)) {
      this.#sorted.down = !number;
    } else {
      this.#sorted = null;
    }
    this.#columns.forEach((column, i) => {
      if (column.title === this.#sorted?.title) {
        this.#heads[i].ariaSort = this.#sorted.down ? 'descending' : 'ascending';
      } else {
        this.#heads[i].removeAttribute('aria-sort');
      }
    });
    this.#paint();
  }

  #turn(by) {
    this.#page += by;
    this.#paint();
    if (document.activeElement?.disabled) {
      (by > 0 ? this.#before : this.#next).focus();
    }
  }

  #chosen() {
    const wanted = this.#pager.hidden ? '' : this.#filter.value.trim().toLowerCase();
    const chosen = wanted === '' ? [...this.#items] : this.#items.filter((item) => visible(this.#search(item)).toLowerCase().includes(wanted));
    const column = this.#columns.find(({title}) => title === this.#sorted?.title);
    if (column) {
      const sign = this.#sorted.down ? -1 : 1;
      chosen.sort((a, b) => sign * compare(column.value(a), column.value(b)));
    }
    return chosen;
  }

  #paint() {
    this.#pager.hidden = this.#items.length <= PAGE;
    const chosen = this.#chosen();
    const pages = Math.max(1, Math.ceil(chosen.length / PAGE));
    this.#page = Math.min(Math.max(0, this.#page), pages - 1);
    const shown = chosen.slice(this.#page * PAGE, (this.#page + 1) * PAGE);
    const first = this.#page * PAGE + 1;
    setText(this.#range, shown.length === 0 ? `none of ${whole(this.#items.length)}`
      : `${whole(first)}–${whole(first + shown.length - 1)} of ${whole(chosen.length)}${chosen.length < this.#items.length ? ` (${whole(this.#items.length)})` : ''}`);
    this.#before.disabled = this.#page === 0;
    this.#next.disabled = this.#page === pages - 1;
    this.#scroll.hidden = shown.length === 0;
    this.#none.hidden = shown.length > 0;
    setText(this.#none, this.#items.length > 0 ? 'Nothing of that name.' : this.#empty);
    this.#place(shown);
  }

  #place(items) {
    const focused = document.activeElement;
    const before = this.#rows;
    this.#rows = new Map();
    const used = new Map();
    const rows = items.map((item) => {
      const plain = this.#keyOf(item);
      const twice = used.get(plain) ?? 0; // two of one key are two rows all the same
      used.set(plain, twice + 1);
      const key = `${twice}/${plain}`;
      const row = before.get(key) ?? this.#row(item);
      this.#rows.set(key, row);
      this.#update(row, item);
      return row.root;
    });
    before.forEach((row, key) => this.#rows.get(key) !== row && row.root.remove());
    rows.forEach((row, i) => this.#body.children[i] !== row && this.#body.insertBefore(row, this.#body.children[i] ?? null));
    if (focused !== document.activeElement && focused?.isConnected && this.#body.contains(focused)) {
      focused.focus({preventScroll: true}); // moving an element takes its focus
    }
  }

  #row(item) {
    const cells = this.#columns.map(({title, number, wide, make}, i) => {
      const cell = element(i === 0 ? 'th' : 'td', {role: i === 0 ? 'rowheader' : 'cell', className: number ? 'number' : wide ? 'wide' : ''});
      if (i === 0) {
        cell.scope = 'row';
      }
      cell.dataset.label = title;
      if (make) {
        cell.append(make(item));
      }
      return cell;
    });
    return {cells, root: element('tr', {role: 'row'}, ...cells)};
  }

  #update(row, item) {
    row.root.className = this.#rowClass(item);
    this.#columns.forEach(({make, update, text}, i) => {
      if (!make) {
        setText(row.cells[i], visible(text(item)));
      } else if (update) {
        update(row.cells[i].firstChild, item);
      }
    });
  }
}

/** Unknown ones are least. */
function compare(a, b) {
  if (typeof a === 'string' || typeof b === 'string') {
    return String(a ?? '').localeCompare(String(b ?? ''), 'en', {numeric: true});
  }
  return (a ?? -Infinity) - (b ?? -Infinity) || 0;
}
