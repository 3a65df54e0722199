import {actionsDependOn, refreshActions} from './acting.js';
import {actionsView} from './actions.js';
import {History} from './charts.js';
import {prepareConfirm} from './confirm.js';
import {element, link, setText, visible} from './dom.js';
import {fleetView} from './fleet.js';
import {duration, moment} from './format.js';
import {lettersView} from './letters.js';
import {Live} from './live.js';
import {channelView, userView} from './lookup.js';
import {dispatcherView, edgeView} from './process.js';
import {slotsView} from './slots.js';
import {prepareToken} from './tokenform.js';
import {traceView} from './trace.js';

/** By the first part of the address's hash: what is shown, and under which entry of the menu. */
const VIEWS = {
  fleet: {open: fleetView, menu: 'fleet'},
  edge: {open: edgeView, menu: 'fleet'},
  dispatcher: {open: dispatcherView, menu: 'fleet'},
  slots: {open: slotsView, menu: 'slots'},
  user: {open: userView, menu: 'user'},
  channel: {open: channelView, menu: 'user'},
  trace: {open: traceView, menu: 'trace'},
  'dead-letters': {open: lettersView, menu: 'dead-letters'},
  actions: {open: actionsView, menu: 'actions'},
};
const MENU = [['fleet', 'Fleet'], ['slots', 'Slots'], ['user', 'Look up'], ['trace', 'Trace'], ['dead-letters', 'Dead letters'], ['actions', 'Actions']];
const STATES = {connecting: 'connecting', live: 'live', stale: 'not live', retrying: 'not live', unauthorized: 'no token'};

const byId = (id) => document.getElementById(id);
const history = new History();
let welcome = null;
let shown = null;

const live = new Live({
  welcome(said) {
    welcome = said;
    const acts = said.may_act ? 'you may act' : 'looking only';
    setText(byId('seen-from'), `Seen from ${visible(said.edge ?? '')} · ${visible(said.version ?? '')} · ${acts}`);
    tokenForm.accepted();
    refreshActions();
  },
  snapshot(snapshot) {
    history.add(live.isLive ? snapshot.totals?.deliveries_per_s ?? null : null);
    shown?.onSnapshot?.(snapshot);
  },
  standing(standing) {
    document.body.dataset.standing = standing.state;
    setText(byId('state-text'), STATES[standing.state]);
    if (standing.state === 'unauthorized') {
      tokenForm.ask(standing.reason);
      setText(byId('seen-from'), 'Not connected');
    }
    showBanner();
    setText(byId('said'), standing.state === 'live' ? 'Live.' : standing.state === 'connecting' ? '' : `${sinceText(standing)} ${sentence(standing.reason)}`);
    refreshActions();
  },
});

const sentence = (text) => text === '' ? '' : `${text[0].toUpperCase()}${text.slice(1)}.`;
const sinceText = ({since}) => since === null ? 'Not live.' : `Not live since ${moment(since)}.`;

/** What is not live is said so, with what is done about it; seconds go by in it without being said aloud. */
function showBanner() {
  const {state, reason, since} = live.standing;
  const banner = byId('banner');
  banner.hidden = state === 'live' || state === 'connecting' && since === null;
  if (banner.hidden) {
    return;
  }
  const wait = live.retryInMs;
  const next = state === 'retrying' ? wait > 0 ? ` Trying again in ${Math.ceil(wait / 1000)} s.` : ' Trying again…' : '';
  const shownIs = since === null ? '' : ` What is shown is ${duration(Math.max(0, Math.round((Date.now() - since) / 1000) * 1000))} old.`;
  setText(banner, `${sinceText({since})} ${sentence(reason)}${shownIs}${next}`);
}

function whyNotToAct() {
  if (!live.isLive) {
    return 'Nothing can be done while this is not live: to how many it would happen is not known.';
  }
  if (!welcome?.may_act) {
    return 'Looking only: acting needs the token that edge.console.token sets at the edge. Where none is set, actions are off.';
  }
  return '';
}

function parametersOf(query) {
  return Object.fromEntries(new URLSearchParams(query));
}

/** Shows what the address names; anything else is the fleet. */
function show(isFirst) {
  const [view, query = ''] = location.hash.slice(1).split(/\?(.*)/s, 2);
  const {open, menu} = Object.hasOwn(VIEWS, view) ? VIEWS[view] : VIEWS.fleet;
  shown?.close?.();
  shown = open({live, history}, parametersOf(query));
  const heading = element('h2', {text: visible(shown.title), tabIndex: -1});
  byId('view').replaceChildren(heading, shown.root);
  document.title = `${visible(shown.title)} · Tailrace console`;
  byId('outcome').hidden = true;
  byId('views').querySelectorAll('a').forEach((entry) => {
    if (entry.dataset.menu === menu) {
      entry.setAttribute('aria-current', 'page');
    } else {
      entry.removeAttribute('aria-current');
    }
  });
  refreshActions();
  if (live.snapshot) {
    shown.onSnapshot?.(live.snapshot);
  }
  if (!isFirst) {
    heading.focus({preventScroll: true});
    scrollTo(0, 0);
  }
}

byId('views').append(...MENU.map(([view, title]) => {
  const entry = link(view, {}, title);
  entry.dataset.menu = view;
  return element('li', {}, entry);
}));
byId('skip').addEventListener('click', (click) => {
  click.preventDefault(); // the hash is the view's
  byId('view').focus();
});
actionsDependOn(whyNotToAct);
prepareConfirm();
const tokenForm = prepareToken(() => live.open());
addEventListener('hashchange', () => {
  if (tokenForm.takeFromAddress()) {
    live.open();
  }
  show(false);
});
addEventListener('tailrace-unauthorized', () => tokenForm.ask('the edge asks for a token'));
setInterval(showBanner, 500);
show(true);
live.open();
