// Lists of users, commands and so on. They follow the part of the timeline that is
// looked at.

const TITLES = {
  users: 'Users', commands: 'Commands', callers: 'Callers',
  flags: 'Flag sets', errnos: 'Errors', namespaces: 'Namespaces created',
  seconds: 'Busiest seconds',
};
// Each call is in one row at most, so that the rest are "others".
const WITH_OTHERS = ['users', 'commands', 'callers', 'flags', 'errnos'];
const WITH_FAILED = ['users', 'commands', 'callers', 'flags', 'seconds'];

const name = (text) => element('span', { class: 'name' }, text === '' ? '(no name)' : text);

// Allows a line break after each "|".
const flags = (text) => element('span', { class: 'name' }, ...text.split('|')
  .flatMap((flag, i) => (i === 0 ? [flag] : ['|', element('wbr'), flag])));

// What asks for the calls of an entry of a list; nothing where no option does.
const ASKS = {
  users: (text) => query('--user', text),
  commands: (text) => query('--comm', text),
  callers: (text, pid) => query('--pid', String(pid)),
  flags: (text) => (text === null ? null : query(...text.split('|').flatMap((flag) => ['--flag', flag]))),
  errnos: (text) => query('--errno', text),
};

// The sum over the bins from first to last. -n stands for n empty bins.
function sumOf(sparse, { first, last }) {
  let sum = 0;
  let bin = 0;
  for (const count of sparse) {
    if (count > 0 && bin >= first && bin <= last) sum += count;
    bin += count < 0 ? -count : 1;
  }
  return sum;
}

class List {
  // The page has the section and its counts of the whole time, and shows top rows.
  constructor({ name: key, heading, entries }, { top, records, failed }) {
    this.key = key;
    this.heading = heading;
    this.entries = entries;
    this.top = top;
    this.title = TITLES[key] ?? key;
    // Whether the file leaves entries out.
    const kept = entries.reduce((sum, [, , count]) => sum + count, 0);
    this.is_cut = kept < (key === 'errnos' ? failed : key === 'namespaces' ? 0 : records);
    this.place = element('div');
    this.node = element('div', { class: key }, element('h3', {}, this.title), this.place);
  }

  headings() {
    return [this.heading, ...(this.key === 'callers' ? ['pid#'] : []), 'records#',
      this.key === 'errnos' ? 'of failures#' : 'share#',
      ...(WITH_FAILED.includes(this.key) ? ['failed#'] : []), ''];
  }

  // The cells of a row after its name and pid.
  counts({ count, failed }, whole, bar) {
    return [number(count), percent(count, whole),
      ...(WITH_FAILED.includes(this.key) ? [failed === 0 ? '0' : percent(failed, count)] : []), bar];
  }

  row(entry, whole, most) {
    const { text, pid, count } = entry;
    const bar = element('i', { 'aria-hidden': 'true' });
    bar.style.width = `${(100 * count) / most}%`;
    const shown = text === null ? '–' : this.key === 'seconds' ? when(text) :
      this.key === 'flags' ? flags(text) : name(text);
    const ask = ASKS[this.key]?.(text, pid);
    return [ask ? asking(shown, ask, this.key === 'callers' ? '' : text) : shown,
      ...(this.key === 'callers' ? [String(pid)] : []), ...this.counts(entry, whole, bar)];
  }

  // The calls of the part that are in no row.
  others(rows, { calls, failed }) {
    const sum = (of) => rows.reduce((all, row) => all + of(row), 0);
    const whole = this.key === 'errnos' ? failed : calls;
    const rest = { count: whole - sum((row) => row.count), failed: failed - sum((row) => row.failed) };
    if (!WITH_OTHERS.includes(this.key) || rest.count <= 0) return [];
    return [['others', ...(this.key === 'callers' ? [''] : []), ...this.counts(rest, whole, '')]];
  }

  // The largest entries in the bins of a part.
  show(part) {
    const rows = this.entries
      .map(([text, pid, , bins, failed]) =>
        ({ text, pid, count: sumOf(bins, part), failed: sumOf(failed, part) }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count).slice(0, this.top);
    const whole = this.key === 'errnos' ? part.failed : part.calls;
    const most = Math.max(...rows.map(({ count }) => count));
    const rest = this.others(rows, part);
    const sorted = this.place.querySelector('th[aria-sort]');
    const node = rows.length + rest.length === 0 ? element('p', { class: 'hint' }, 'None in this part.') :
      table(this.headings(), rows.map((row) => this.row(row, whole, most)), rest);
    for (const cell of node.querySelectorAll('tr > :last-child')) cell.className = 'bar';
    this.place.replaceChildren(node);
    if (sorted && rows.length > 1) sortBy(node.querySelectorAll('th')[sorted.cellIndex], sorted.ariaSort);
  }
}

const lists = { all: [], shown: '' };

function showLists(data) {
  lists.all = data.sections
    .filter(({ name: key, entries }) => key !== 'totals' && entries.length > 0)
    .map((section) => new List(section, data));
  byId('lists').append(...lists.all.map(({ node }) => node));
  const last = data.timeline.records.length - 1;
  listPart({ first: 0, last, calls: data.records, failed: data.failed });
}

// What the lists of a part may miss.
function whatListsMiss() {
  const cut = lists.all.filter(({ is_cut }) => is_cut);
  return cut.length === 0 ? '' : `Of ${cut.map(({ title }) => title.toLowerCase()).join(', ')}, the lists choose ` +
    `from the ${number(cut[0].entries.length)} most frequent of the whole time. `;
}

function listPart(part) {
  const shown = `${part.first} ${part.last}`;
  if (shown === lists.shown) return;
  lists.shown = shown;
  for (const list of lists.all) list.show(part);
}
