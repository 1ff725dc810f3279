// What the page shows follows the part of the timeline that is looked at.

const narrowed = { rows: [], members: [] };

// A part is a run of bins: from start_ms on, before end_ms.
function narrow(part) {
  const is_seen = (iso) => {
    if (part.is_all) return true;
    const ms = Date.parse(iso);
    return ms >= part.start_ms && ms < part.end_ms;
  };
  for (const [row, iso] of narrowed.rows) row.hidden = !is_seen(iso);
  // A process stays while one below it is shown.
  for (const member of [...narrowed.members].reverse()) {
    member.is_seen = part.is_all || (member.time !== null && is_seen(member.time)) ||
      member.shown.some((child) => child.is_seen);
    member.node.hidden = !member.is_seen;
  }
  listPart(part);
  asked.times = part.is_all ? asked.window : timesOf(part);
  byId('narrowed').hidden = part.is_all;
  if (part.is_all) return;
  const rows = narrowed.rows.filter(([row]) => !row.hidden).length;
  const failures = plural(part.failed, 'failure');
  byId('narrowed').querySelector('span').textContent =
    `Below, of this part only: the lists; ${rows < part.failed ? `${number(rows)} of ${failures}` : failures}; ` +
    `the processes that were created in it, with their ancestors. ${whatListsMiss()}`;
}
