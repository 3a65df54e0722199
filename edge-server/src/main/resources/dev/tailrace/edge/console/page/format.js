/* Numbers and times as people read them; what is not known is a dash. */

export const UNKNOWN = '–';

const WHOLE = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const TENTHS = new Intl.NumberFormat('en', {maximumFractionDigits: 1});
const COMPACT = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1});
const CLOCK = new Intl.DateTimeFormat('en-GB', {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const DAY = new Intl.DateTimeFormat('en-CA', {year: 'numeric', month: '2-digit', day: '2-digit'});
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

const known = (value) => typeof value === 'number' && Number.isFinite(value);

export function whole(value) {
  return known(value) ? WHOLE.format(value) : UNKNOWN;
}

/** Per second: small ones with a tenth. */
export function rate(value) {
  return known(value) ? (Math.abs(value) < 10 ? TENTHS : WHOLE).format(value) : UNKNOWN;
}

/** For places with little room. */
export function compact(value) {
  return known(value) ? COMPACT.format(value) : UNKNOWN;
}

export function bytes(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  let unit = 0;
  let left = value;
  while (Math.abs(left) >= 1024 && unit < UNITS.length - 1) {
    left /= 1024;
    unit++;
  }
  return `${(left < 10 && unit > 0 ? TENTHS : WHOLE).format(left)} ${UNITS[unit]}`;
}

export function ms(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  return value < 10_000 ? `${(value < 10 ? TENTHS : WHOLE).format(value)} ms` : duration(value);
}

/** Of milliseconds, in the largest unit that says enough. */
export function duration(value) {
  if (!known(value)) {
    return UNKNOWN;
  }
  const seconds = Math.max(0, value) / 1000;
  if (seconds < 10) {
    return `${TENTHS.format(seconds)} s`;
  }
  if (seconds < 120) {
    return `${WHOLE.format(seconds)} s`;
  }
  if (seconds < 7_200) {
    return `${WHOLE.format(seconds / 60)} min`;
  }
  return seconds < 172_800 ? `${WHOLE.format(seconds / 3_600)} h` : `${WHOLE.format(seconds / 86_400)} days`;
}

/** A moment, from RFC 3339 or milliseconds; the day only where it is another. */
export function moment(value) {
  const at = typeof value === 'number' ? value : Date.parse(value ?? '');
  if (!Number.isFinite(at)) {
    return UNKNOWN;
  }
  const day = DAY.format(at);
  return day === DAY.format(Date.now()) ? CLOCK.format(at) : `${day} ${CLOCK.format(at)}`;
}

export function ago(value) {
  const at = Date.parse(value ?? '');
  return Number.isFinite(at) ? `${duration(Date.now() - at)} ago` : UNKNOWN;
}

export function count(number, noun, plural = `${noun}s`) {
  return `${whole(number)} ${number === 1 ? noun : plural}`;
}
