// What the page shows follows the part of the timeline that is looked at.

const narrowed = { rows: [], members: [] };

function narrow(min, max, is_all) {
  const is_seen = (iso) => {
    if (is_all) return true;
    const time = Date.parse(iso) / 1000;
    return time >= min && time <= max;
  };
  for (const [row, iso] of narrowed.rows) row.hidden = !is_seen(iso);
  // A process stays while one below it is shown.
  for (const member of [...narrowed.members].reverse()) {
    member.is_seen = is_all || (member.time !== null && is_seen(member.time)) ||
      member.shown.some((child) => child.is_seen);
    member.node.hidden = !member.is_seen;
  }
  const iso = (time) => new Date(1000 * time).toISOString();
  asked.times = is_all ? asked.window : ['--since', iso(min), '--until', iso(max)];
  byId('narrowed').hidden = is_all;
  if (is_all) return;
  const rows = narrowed.rows.filter(([row]) => !row.hidden).length;
  byId('narrowed').querySelector('span').textContent =
    `Listed below: ${plural(rows, 'failure')} of this part, and the processes that were ` +
    'created in it, with their ancestors. The counts by user, command and so on are of the whole time: ';
}
