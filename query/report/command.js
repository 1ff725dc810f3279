// Offers the forkdb command that answers for a part of the page.

// A word of a command line in sh.
const word = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

// The page's filter and the time shown, as options.
// window is the time of the page, if that is not the whole history.
const asked = { query: [], window: [], times: [] };

// A part of the page's time as options. Both ends are included.
function timesOf({ start_ms, end_ms }) {
  const [, since, , until] = asked.window;
  const iso = (ms) => new Date(ms).toISOString();
  const last = iso(end_ms - 1).replace('Z', '999999Z');
  return ['--since', Date.parse(since) >= start_ms ? since : iso(start_ms),
    '--until', Date.parse(until) < end_ms ? until : last];
}

function offer(words) {
  const code = byId('command').querySelector('code');
  code.textContent = words.join(' ');
  byId('command').hidden = false;
}

// The page's filter; without an option, of which a value more would widen it.
const others = (option) => asked.query.filter((given) => given.split(' ')[0] !== option);

// Flags must all be there; of other options, one value of several.
const query = (...options) => () => offer(['forkdb query',
  ...others(options[0] === '--flag' ? '' : options[0]), ...asked.times.map(word), ...options.map(word)]);

// A name that offers the command when it is chosen. Names with escapes cannot be
// given on a command line, and * and ? would be taken for a pattern.
function asking(node, ask, text = '') {
  if (/[\\*?]/.test(text) || asked.query.some((given) => given.includes('\\'))) return node;
  const button = element('button', { type: 'button', class: 'ask', title: 'Show the command for this' }, node);
  button.addEventListener('click', ask);
  return button;
}

function showCommands(data) {
  asked.query = data.query;
  if (data.has_window) asked.window = ['--since', data.since, '--until', data.until];
  asked.times = asked.window;
  byId('copy').addEventListener('click', () => {
    const code = byId('command').querySelector('code');
    getSelection().selectAllChildren(code);
    navigator.clipboard?.writeText(code.textContent).catch(() => {});
  });
}
