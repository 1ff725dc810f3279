// Creates elements. Text is inserted as text, never as HTML.

function element(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === 'class') node.className = value;
    else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

const byId = (id) => document.getElementById(id);

// 1234567 as "1 234 567", with narrow spaces.
const number = (n) =>
  String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

const plural = (n, one, many = one + 's') =>
  `${number(n)} ${n === 1 ? one : many}`;

function percent(part, whole) {
  if (whole === 0) return '';
  const share = (100 * part) / whole;
  return part > 0 && share < 0.1 ? '< 0.1 %' : `${share.toFixed(1)} %`;
}

// 300 as "5 minutes", 1 as "second".
function duration(seconds) {
  const [size, name] = [[86400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second'],
    [1e-3, 'millisecond'], [1e-6, 'microsecond'], [1e-9, 'nanosecond']]
    .find(([unit]) => seconds >= unit * 0.999);
  const n = Math.round(seconds / size);
  return n === 1 ? name : plural(n, name);
}

// "2026-11-23T10:00:00.123456789Z" as "2026-11-23 10:00:00.123".
const shortTime = (iso) =>
  iso === null ? '' : iso.replace('T', ' ').replace(/(\.\d{3})\d*Z$/, '$1')
    .replace(/\.000$/, '');

// Times are shown in one zone, which the reader can change.
const zone = { is_local: false };

// Of a time in ms since the epoch: "2026-11-23 10:00:00.123", without a zone.
function clock(ms) {
  const offset = zone.is_local ? -new Date(ms).getTimezoneOffset() : 0;
  return new Date(ms + 60000 * offset).toISOString().replace('T', ' ').slice(0, -1);
}

// "UTC" or "+01:00".
function zoneAt(ms) {
  if (!zone.is_local) return 'UTC';
  const offset = -new Date(ms).getTimezoneOffset();
  const two = (n) => String(n).padStart(2, '0');
  const size = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

const timeText = (iso) => (zone.is_local ?
  `${shortTime(clock(Date.parse(iso)))}${zoneAt(Date.parse(iso))}` : shortTime(iso));

// A time that follows the zone.
const when = (iso) =>
  (iso === null ? '' : element('time', { dateTime: iso }, timeText(iso)));

// The order that choosing a heading gives: numbers start with the largest, and a
// second time turns the order round.
function orderFor(heading) {
  const [first, second] = heading.classList.contains('number') ?
    ['descending', 'ascending'] : ['ascending', 'descending'];
  return heading.ariaSort === first ? second : first;
}

// Sorts a table by the column of a heading. Its foot stays where it is.
function sortBy(heading, order) {
  const body = heading.closest('table').tBodies[0];
  const is_number = heading.classList.contains('number');
  const key = (row) => {
    const cell = row.cells[heading.cellIndex];
    const text = cell.querySelector('time')?.dateTime ?? cell.textContent;
    return is_number ? Number.parseFloat(text.replace(/[\u202f#<]/g, '')) || 0 : text;
  };
  const rows = [...body.rows].map((row) => [key(row), row]);
  const sign = order === 'ascending' ? 1 : -1;
  rows.sort(([a], [b]) => sign * (is_number ? a - b : a.localeCompare(b)));
  body.append(...rows.map(([, row]) => row));
  for (const other of heading.parentNode.cells) other.removeAttribute('aria-sort');
  heading.ariaSort = order;
}

// A table. A heading that ends with "#" marks a numeric column. Rows are sorted by
// a column whose heading is chosen, but for those of the foot.
function table(headings, rows, foot = []) {
  const right = headings.map((heading) => heading.endsWith('#'));
  const cells = (tag, values) => values.map((value, i) => {
    const content = value === null ? '\u2013' : value;
    return element(tag, right[i] ? { class: 'number' } : {}, content);
  });
  const titles = headings.map((heading) => heading.replace(/#$/, '')).map((title) =>
    (title === '' || rows.length < 2 ? title : element('button', { type: 'button' }, title)));
  const head = cells('th', titles);
  head.forEach((cell) => {
    cell.scope = 'col';
    cell.querySelector('button')?.addEventListener('click', () => sortBy(cell, orderFor(cell)));
  });
  const lines = (all) => all.map((row) => element('tr', {}, ...cells('td', row)));
  return element('table', {},
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...lines(rows)),
    ...(foot.length > 0 ? [element('tfoot', {}, ...lines(foot))] : []));
}
