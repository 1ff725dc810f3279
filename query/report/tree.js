// Draws the largest families. <details> supports the keyboard.

const ORIGINS = {
  made: (time) => [when(time)],
  alive: (time) => ['older than the recording', ...(time === null ? [] : [', since ', when(time)])],
  elsewhere: () => ['made before, or not among these'],
};

function read(members) {
  const all = members.map(([parent, origin, id, pid, comm, username, asOf, time, below,
    children, threads, failed]) => ({ parent, origin, id, pid, comm, username, asOf,
    time, below, children, threads, failed, shown: [] }));
  const roots = [];
  for (const member of all) {
    (member.parent === null ? roots : all[member.parent].shown).push(member);
  }
  return [all, roots];
}

function label(member) {
  const facts = [[`pid ${member.pid === null ? 'unknown' : member.pid}`]];
  if (member.username !== null) {
    facts.push([member.username, ...(member.asOf === null ? [] : [' as of ', when(member.asOf)])]);
  }
  facts.push(ORIGINS[member.origin](member.time));
  if (member.below > 0) facts.push([`${plural(member.below, 'process', 'processes')} below`]);
  if (member.threads > 0) facts.push([plural(member.threads, 'thread')]);
  if (member.id !== null) {
    facts.push([asking(`id ${member.id}`, () => offer([`forkdb tree ${member.id}`]))]);
  }
  const nodes = [
    element('b', { class: 'name' }, member.comm === null ? '?' : member.comm || '(no name)'),
    element('small', {}, ...facts.flatMap((fact, i) => [i === 0 ? ' ' : ' · ', ...fact]))];
  if (member.failed > 0) {
    nodes.push(element('small', { class: 'bad' }, ` · ${number(member.failed)} failed`));
  }
  return nodes;
}

// A line about the children and descendants that the page leaves out.
function more(children, processes) {
  if (children <= 0) return [];
  const below = processes - children;
  return [element('div', { class: 'leaf' }, element('small', {},
    `${number(children)} more` +
    (below > 0 ? `, ${plural(below, 'process', 'processes')} below them` : '')))];
}

const withAll = (members) =>
  members.reduce((sum, { below }) => sum + below + 1, 0);

function show(member) {
  if (member.children === 0) {
    member.node = element('div', { class: 'leaf' }, ...label(member));
  } else {
    member.node = element('details', {}, element('summary', {}, ...label(member)),
      ...member.shown.map(show),
      ...more(member.children - member.shown.length,
        member.below - withAll(member.shown)));
  }
  return member.node;
}

function find(all, text) {
  const wanted = text.trim().toLowerCase();
  let found = 0;
  const keep = new Set();
  for (const member of all) {
    const matches = wanted !== '' && ((member.comm ?? '').toLowerCase().includes(wanted) ||
      (member.username ?? '').toLowerCase() === wanted || String(member.pid) === wanted);
    member.node.classList.toggle('match', matches);
    if (!matches) continue;
    ++found;
    for (let up = member; up; up = up.parent === null ? null : all[up.parent]) {
      keep.add(up);
      if (up !== member) up.node.open = true;
    }
  }
  for (const member of all) {
    member.node.classList.toggle('away', wanted !== '' && !keep.has(member));
  }
  return wanted === '' ? '' : `${number(found)} of ${number(all.length)} shown here`;
}

function showFamily({ roots: rootCount, processes, members }) {
  if (members.length === 0) return;
  byId('family').hidden = false;
  const [all, roots] = read(members);
  byId('family-hint').textContent =
    `${plural(processes, 'process was', 'processes were')} made; here are ` +
    `the ${number(members.length)} with most below them. Name and user are ` +
    'those of the process’s last call, or its maker’s if it made no call. ' +
    'All of a family: forkdb tree ID.';
  narrowed.members = all;
  byId('tree').append(...roots.map(show), ...more(rootCount - roots.length, 0));
  if (roots.length === 1) roots[0].node.open = true;
  const toggle = (open) => () => all.forEach(({ node }) => { node.open = open; });
  byId('expand').addEventListener('click', toggle(true));
  byId('collapse').addEventListener('click', toggle(false));
  byId('search').addEventListener('input', ({ target }) => {
    byId('found').textContent = find(all, target.value);
  });
}
