// Builds the page from the JSON in the script element "data".

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
  byId('subject').append(when(data.since), ' to ', when(data.until), element('span', { class: 'utc' }, ' UTC'),
    data.filter ? `; only: ${data.filter}` : '');
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
  byId('footer').append(`Made by forkdb ${data.version} on `, when(data.made), element('span', { class: 'utc' }, ' UTC'),
    '. Characters that could do harm, and the backslash, are written as octal escapes: \\033.');
}

function showTable(id, headings, rows) {
  if (rows.length === 0) return;
  byId(id).hidden = false;
  byId(id).querySelector('.scroll').append(table(headings, rows));
}

function showRest(data) {
  const { columns, rows } = data.failures;
  const as_shown = {
    time: when, comm: name, username: name, flags: (text) => text && flags(text),
  };
  showTable('failures', columns.map((column) => column + (column === 'pid' ? '#' : '')),
    rows.map((row) => row.map((value, i) => (as_shown[columns[i]] ?? ((v) => v))(value))));
  const time = columns.indexOf('time');
  narrowed.rows = [...byId('failures').querySelectorAll('tbody tr')].map((row, i) => [row, rows[i][time]]);
  byId('failures-hint').textContent = rows.length < data.failed ?
    `The newest ${number(rows.length)} of ${number(data.failed)}.` : '';
  showTable('boots', ['host', 'kernel', 'started', 'boot'],
    data.boots.map(([host, kernel, boot, started]) => [host, kernel, when(started), boot]));
  byId('gaps-hint').textContent = data.gaps.length < data.missing.gaps ?
    `The ${number(data.gaps.length)} largest of ${number(data.missing.gaps)}.` : '';
  showTable('gaps', ['records#', 'after', 'before'],
    data.gaps.map(([after, before, records]) => [number(records), when(after), when(before)]));
}

function showDowntimes(data) {
  byId('downtimes-hint').textContent = data.downtimes.length < data.missing.downtimes ?
    `The ${number(data.downtimes.length)} longest of ${number(data.missing.downtimes)}.` : '';
  showTable('downtimes', ['nothing recorded from', 'to', 'why'],
    data.downtimes.map(([began, ended, what]) => [when(began), ended === null ? '–' : when(ended), what]));
}

function showZone() {
  byId('zone').addEventListener('click', ({ target }) => {
    zone.is_local = !zone.is_local;
    target.textContent = zone.is_local ? 'Show UTC' : 'Show local time';
    for (const node of document.querySelectorAll('time')) node.textContent = timeText(node.dateTime);
    for (const node of document.querySelectorAll('.utc')) node.hidden = zone.is_local;
    document.dispatchEvent(new Event('zone'));
  });
}

const data = JSON.parse(byId('data').textContent);
showCommands(data);
showFigures(data);
showLists(data);
showFamily(data.family);
showRest(data);
showDowntimes(data);
showTimeline(data);
showZone();
byId('ask-stats').addEventListener('click',
  () => offer(['forkdb stats', ...asked.query, ...asked.times.map(word)]));
