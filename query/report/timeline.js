// Draws records and failures over time, and hatches gaps and downtimes.

const SHOWN_ERRORS = 5;
const ERROR_COLOURS = ['#d1432f', '#c77c11', '#8d5bc9', '#2a9d78', '#c04f93', '#7d8794'];
const KEYS = { '+': 'in', '-': 'out', ArrowLeft: 'left', ArrowRight: 'right', 0: 'all' };
const seconds = (iso) => Date.parse(iso) / 1000;
const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const minute = (time) => clock(1000 * time).replace(/(:00)?\.000$/, '');
const BINS_LISTED = 100;

// Labels of the time axis: the time of day as fine as the ticks, with the date
// where the day changes.
function stamps(times, step) {
  let day = '';
  return times.map((time) => {
    const [date, exact] = clock(1000 * time).split(' ');
    const label = step >= 86400 ? [] : [exact.slice(0, step >= 60 ? 5 : step >= 1 ? 8 : 12)];
    if (date !== day) label.push(date);
    day = date;
    return label.join('\n');
  });
}

// The most frequent errors, and one series for all others.
function errorSeries(failures) {
  const sum = (counts) => counts.reduce((a, b) => a + b, 0);
  const sorted = [...failures].sort((a, b) => sum(b.counts) - sum(a.counts));
  const rest = sorted.splice(SHOWN_ERRORS);
  if (rest.length > 0) {
    sorted.push({ errno: 'others',
      counts: rest[0].counts.map((_, i) => sum(rest.map((r) => r.counts[i]))) });
  }
  return sorted;
}

// Lines from the lower left to the upper right, and the name where it fits.
function hatch(ctx, left, top, width, height, title) {
  const step = 8;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.fillRect(left, top, width, height);
  ctx.beginPath();
  for (let x = left - height; x < left + width; x += step) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.fillStyle = colour('--text');
  ctx.font = '12px system-ui, sans-serif';
  if (ctx.measureText(title).width + 8 < width) ctx.fillText(title, left + 4, top + 14);
  ctx.restore();
}

function hatchGaps(gaps, range) {
  return (ctx, area, graph) => {
    ctx.save();
    ctx.fillStyle = colour('--gap');
    ctx.strokeStyle = colour('--gap-line');
    for (const [after, before, title] of gaps) {
      const edge = (iso, open) => graph.toDomXCoord(
        1000 * (iso === null ? open : seconds(iso)));
      const left = Math.max(area.x, edge(after, range[0]));
      const right = Math.min(area.x + area.w, edge(before, range[1]));
      if (right < area.x || left > area.x + area.w) continue;
      hatch(ctx, left, area.y, Math.max(2, right - left), area.h, title);
    }
    ctx.restore();
  };
}

// Uses dygraphs' ticks with our labels.
function clockTicker(min, max, pixels, options, graph, values) {
  const ticks = Dygraph.dateTicker(min, max, pixels, options, graph, values)
    .filter(({ label }) => label !== undefined && label !== '');
  const times = ticks.map(({ v }) => v / 1000);
  const labels = stamps(times, times[1] - times[0]);
  return ticks.map(({ v }, i) => ({ v, label: labels[i] }));
}

// Replaces dygraphs' legend: it sets style attributes, which the page's
// Content-Security-Policy forbids.
Dygraph.PLUGINS = Dygraph.PLUGINS.filter((plugin) => plugin !== Dygraph.Plugins.Legend);

// The time and counts under the pointer. all has the calls and failed calls of
// each bin.
function showValues(place, series, colours, all, time, row) {
  const shown = time === undefined ? '–' : clock(time).replace('.000', '');
  const [calls, failed] = [all.calls[row], all.failed[row]];
  place.replaceChildren(element('span', {}, `${zoneAt(time ?? 0)} ${shown}`),
    ...series.map(({ errno, counts }, i) => {
      const mark = element('i', { 'aria-hidden': 'true' });
      mark.style.background = colours[i];
      return element('span', {}, mark, `${errno} ${number(counts[row] ?? '–')}`);
    }),
    element('span', {}, `failed ${failed === undefined ? '–' : number(failed)}` +
      (failed > 0 ? ` (${percent(failed, calls)} of calls)` : '')));
}

class Timeline {
  constructor(data) {
    const { first, width, records, failures } = data.timeline;
    // A step ends at the next point, so add a point for the last step.
    this.times = [...records, 0].map((_, i) => first + i * width);
    this.range = [this.times[0], this.times[this.times.length - 1]];
    this.zoomed = this.range;
    this.width = width;
    // A current downtime has no end.
    this.gaps = [
      ...data.gaps.map(([after, before, records]) => [after, before, `${number(records)} missing`]),
      ...data.downtimes];
    this.charts = [['rate', [{ errno: 'records', counts: records }]],
      ['failures-rate', errorSeries(failures)]]
      .filter(([, series]) => series.length > 0);
    this.plots = [];
    this.records = records;
    this.failures = failures;
    this.failed = records.map((_, i) => failures.reduce((all, { counts }) => all + counts[i], 0));
  }

  draw() {
    for (const plot of this.plots) plot.destroy();
    this.plots = this.charts.map(([place, series]) => this.chart(place, series));
    this.zoom(...this.zoomed);
  }

  chart(place, series) {
    const is_rate = place === 'rate';
    const title = `${is_rate ? 'Calls' : 'Failed calls, by error,'} per ${duration(this.width)}` +
      (this.gaps.length > 0 ? '; hatched where records are missing' : '');
    const colours = is_rate ? [colour('--main')] : ERROR_COLOURS.slice(0, series.length);
    const values = element('div', { class: 'chart-legend' });
    const box = element('div', { class: 'chart', role: 'img', tabIndex: 0, 'aria-label': title });
    byId(place).replaceChildren(element('p', { class: 'chart-title' }, title), box, values);
    const all = { calls: this.records, failed: this.failed };
    const show = (time, row) => showValues(values, series, colours, all, time, row);
    show();
    const value = (counts, i) => counts[Math.min(i, counts.length - 1)];
    const rows = this.times.map(
      (time, i) => [1000 * time, ...series.map(({ counts }) => value(counts, i))]);
    return new Dygraph(box, rows, {
      labelsUTC: !zone.is_local, labels: ['time', ...series.map((_, i) => `series ${i}`)],
      colors: colours, stepPlot: true, fillGraph: true, fillAlpha: 0.25, strokeWidth: 1,
      stackedGraph: !is_rate, stackedGraphNaNFill: 'none', includeZero: true, xRangePad: 0,
      highlightCallback: (event, time, points, row) => show(time, row),
      unhighlightCallback: () => show(),
      highlightCircleSize: 0, xAxisHeight: 40, rightGap: 40, axisLineColor: colour('--line'), gridLineColor: colour('--line'),
      axes: {
        x: { ticker: clockTicker, pixelsPerLabel: 100, axisLabelWidth: 90,
          axisLabelFormatter: Dygraph.dateAxisLabelFormatter },
        y: { axisLabelWidth: 64, axisLabelFormatter: (v) => (Number.isInteger(v) ? number(v) : '') },
      },
      underlayCallback: hatchGaps(this.gaps, this.range),
      drawCallback: (plot, is_initial) => is_initial || this.follow(plot),
    });
  }

  // Zoom and pan all charts together.
  follow(plot) {
    if (this.following) return;
    this.following = true;
    this.zoomed = plot.xAxisRange().map((time) => time / 1000);
    this.tell(...this.zoomed);
    this.plots.filter((other) => other !== plot)
      .forEach((other) => other.updateOptions({ dateWindow: plot.xAxisRange() }));
    this.following = false;
  }

  // The visible bins, at least one. A bin counts as a whole.
  part(min, max) {
    const slack = this.width / 1000;
    const seen = this.records.map((_, i) => i)
      .filter((i) => this.times[i + 1] > min + slack && this.times[i] < max - slack);
    const first = seen[0] ?? Math.floor((min - this.range[0]) / this.width);
    const last = seen.at(-1) ?? first;
    const sum = (counts) => counts.slice(first, last + 1).reduce((a, b) => a + b, 0);
    return { first, last, is_all: first === 0 && last === this.records.length - 1,
      start_ms: Math.round(1000 * this.times[first]), end_ms: Math.round(1000 * this.times[last + 1]),
      calls: sum(this.records), failed: sum(this.failed) };
  }

  // The totals of the visible bins.
  tell(min, max) {
    const part = this.part(min, max);
    byId('shown').textContent = `${minute(part.start_ms / 1000)} to ${minute(part.end_ms / 1000)} ` +
      `${zoneAt(part.end_ms)}: ${plural(part.calls, 'call')}, ${number(part.failed)} failed` +
      (part.failed > 0 ? ` (${percent(part.failed, part.calls)})` : '');
    this.list(part);
    narrow(part);
  }

  // The visible bins as a table, several in a row if there are many.
  list({ first, last }) {
    const place = byId('bins');
    if (!place.open) return;
    const errors = errorSeries(this.failures);
    const size = Math.ceil((last - first + 1) / BINS_LISTED);
    const rows = [];
    for (let i = first; i <= last; i += size) {
      const end = Math.min(i + size, last + 1);
      const sum = (counts) => counts.slice(i, end).reduce((a, b) => a + b, 0);
      const [calls, failed] = [sum(this.records), sum(this.failed)];
      rows.push([when(new Date(1000 * this.times[i]).toISOString()), number(calls), number(failed),
        percent(failed, calls), ...errors.map(({ counts }) => number(sum(counts)))]);
    }
    place.querySelector('.scroll').replaceChildren(
      table(['from', 'calls#', 'failed#', 'share failed#', ...errors.map(({ errno }) => `${errno}#`)], rows));
  }

  zoom(min, max) {
    const length = Math.max(this.width, Math.min(max - min, this.range[1] - this.range[0]));
    const middle = (min + max) / 2;
    const start = Math.min(Math.max(middle - length / 2, this.range[0]), this.range[1] - length);
    this.plots[0].updateOptions({ dateWindow: [1000 * start, 1000 * (start + length)] });
  }

  press(what) {
    const [min, max] = this.zoomed;
    const part = (max - min) / 4;
    if (what === 'in') this.zoom(min + part, max - part);
    if (what === 'out') this.zoom(min - 2 * part, max + 2 * part);
    if (what === 'left') this.zoom(min - part, max - part);
    if (what === 'right') this.zoom(min + part, max + part);
    if (what === 'all') this.zoom(...this.range);
  }
}

function showTimeline(data) {
  if (data.records === 0) return;
  byId('timeline').hidden = false;
  const timeline = new Timeline(data);
  timeline.draw();
  for (const button of document.querySelectorAll('[data-zoom]')) {
    button.addEventListener('click', () => timeline.press(button.dataset.zoom));
  }
  byId('timeline').addEventListener('keydown', (event) => {
    const what = KEYS[event.key];
    if (!what || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    timeline.press(what);
  });
  byId('bins').addEventListener('toggle', () => timeline.list(timeline.part(...timeline.zoomed)));
  document.addEventListener('zone', () => timeline.draw());
  for (const query of ['(prefers-color-scheme: dark)', 'print']) {
    matchMedia(query).addEventListener('change', () => timeline.draw());
  }
}
