// Builds the page from the JSON in the script element "data".

const TITLES = {
  users: 'Users', commands: 'Commands', callers: 'Callers',
  flags: 'Flag sets', errnos: 'Errors', namespaces: 'Namespaces created',
  seconds: 'Busiest seconds',
};
const name = (text) => element('span', { class: 'name' }, text === '' ? '(no name)' : text);

// Allows a line break after each "|".
const flags = (text) => element('span', { class: 'name' }, ...text.split('|')
  .flatMap((flag, i) => (i === 0 ? [flag] : ['|', element('wbr'), flag])));

function figure(value, what, bad = false) {
  return element('div', { class: bad ? 'figure bad' : 'figure' },
    element('b', {}, value), element('span', {}, what));
}

function totals({ sections, records }) {
  return sections.filter(({ name: key }) => key === 'totals')
    .flatMap(({ entries }) => entries)
    .filter(([what]) => what === 'processes' || what === 'threads')
    .map(([what, , count]) => figure(percent(count, records) || '–', `for ${what}`));
}

function showFigures(data) {
  const hosts = [...new Set(data.boots.map(([host]) => host).filter(Boolean))];
  if (hosts.length > 0) byId('title').textContent += ` on ${hosts.join(', ')}`;
  byId('subject').textContent = `${shortTime(data.since)} to ` +
    `${shortTime(data.until)} UTC` + (data.filter ? `; only: ${data.filter}` : '');
  document.title = `forkdb: ${hosts.join(', ') || 'report'}, ${shortTime(data.since)}`;
  byId('figures').append(
    figure(number(data.records), 'records'),
    figure((data.records / data.seconds).toFixed(2), 'a second'),
    figure(number(data.failed), `failed ${percent(data.failed, data.records)}`, data.failed > 0),
    ...totals(data),
    figure(number(data.missing.records), `missing, in ${plural(data.missing.gaps, 'gap')}`,
      data.missing.gaps > 0),
    ...(data.missing.downtimes > 0 ?
      [figure(number(data.missing.downtimes), data.missing.downtimes === 1 ? 'downtime' : 'downtimes', true)] : []),
    figure(number(data.boots.length), data.boots.length === 1 ? 'boot' : 'boots'));
  byId('footer').textContent = `Made by forkdb ${data.version} on ${shortTime(data.made)} UTC. ` +
    'Characters that could do harm, and the backslash, are written as octal escapes: \\033.';
}

function list({ name: key, heading, entries }, records) {
  const has_pid = key === 'callers';
  const most = Math.max(...entries.map(([, , count]) => count));
  const rows = entries.map(([text, pid, count]) => {
    const bar = element('i', { 'aria-hidden': 'true' });
    bar.style.width = `${(100 * count) / most}%`;
    const shown = key === 'seconds' ? shortTime(text) : text;
    return [shown === null ? '–' : key === 'flags' ? flags(shown) : name(shown), ...(has_pid ? [String(pid)] : []),
      number(count), percent(count, records), bar];
  });
  const node = table([heading, ...(has_pid ? ['pid#'] : []), 'records#', 'share#', ''], rows);
  for (const bar of node.querySelectorAll('td > i')) bar.parentNode.className = 'bar';
  node.querySelector('th:last-child').className = 'bar';
  return element('div', { class: key }, element('h3', {}, TITLES[key] ?? key), node);
}

function showTable(id, headings, rows) {
  if (rows.length === 0) return;
  byId(id).hidden = false;
  byId(id).querySelector('.scroll').append(table(headings, rows));
}

function showRest(data) {
  const { columns, rows } = data.failures;
  const as_shown = {
    time: shortTime, comm: name, username: name, flags: (text) => text && flags(text),
  };
  showTable('failures', columns.map((column) => column + (column === 'pid' ? '#' : '')),
    rows.map((row) => row.map((value, i) => (as_shown[columns[i]] ?? ((v) => v))(value))));
  byId('failures-hint').textContent = rows.length < data.failed ?
    `The newest ${number(rows.length)} of ${number(data.failed)}.` : '';
  showTable('boots', ['host', 'kernel', 'started (UTC)', 'boot'],
    data.boots.map(([host, kernel, boot, started]) => [host, kernel, shortTime(started), boot]));
  byId('gaps-hint').textContent = data.gaps.length < data.missing.gaps ?
    `The ${number(data.gaps.length)} largest of ${number(data.missing.gaps)}.` : '';
  showTable('gaps', ['records#', 'after (UTC)', 'before (UTC)'],
    data.gaps.map(([after, before, records]) => [number(records), shortTime(after), shortTime(before)]));
}

function showDowntimes(data) {
  byId('downtimes-hint').textContent = data.downtimes.length < data.missing.downtimes ?
    `The ${number(data.downtimes.length)} longest of ${number(data.missing.downtimes)}.` : '';
  showTable('downtimes', ['nothing recorded from (UTC)', 'to (UTC)', 'why'],
    data.downtimes.map(([began, ended, what]) => [shortTime(began), ended === null ? '–' : shortTime(ended), what]));
}

const data = JSON.parse(byId('data').textContent);
showFigures(data);
byId('lists').append(...data.sections
  .filter(({ name: key, entries }) => key !== 'totals' && entries.length > 0)
  .map((section) => list(section, data.records)));
showFamily(data.family);
showRest(data);
showDowntimes(data);
showTimeline(data);
