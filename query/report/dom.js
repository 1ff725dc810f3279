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

// A table. A heading that ends with "#" marks a numeric column.
function table(headings, rows) {
  const right = headings.map((heading) => heading.endsWith('#'));
  const cells = (tag, values) => values.map((value, i) => {
    const content = value === null ? '\u2013' : value;
    const cell = element(tag, right[i] ? { class: 'number' } : {}, content);
    if (tag === 'th') cell.scope = 'col';
    return cell;
  });
  return element('table', {},
    element('thead', {}, element('tr', {},
      ...cells('th', headings.map((heading) => heading.replace('#', ''))))),
    element('tbody', {}, ...rows.map(
      (row) => element('tr', {}, ...cells('td', row)))));
}
