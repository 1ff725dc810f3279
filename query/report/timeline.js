// The rate of records and of failures over time, with what is missing shaded.

import uPlot from 'uplot';
import { byId, duration, element, number, plural } from './dom.js';

const HEIGHT = 220;
const SHOWN_ERRORS = 5;
const ERROR_COLOURS = ['#d1432f', '#c77c11', '#8d5bc9', '#2a9d78', '#c04f93', '#7d8794'];
const KEYS = { '+': 'in', '-': 'out', ArrowLeft: 'left', ArrowRight: 'right', 0: 'all' };
const seconds = (iso) => Date.parse(iso) / 1000;
const clock = (time) => new Date(time * 1000).toISOString().replace('T', ' ').slice(0, -1);
const colour = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const minute = (time) => clock(time).replace(/(:00)?\.000$/, '');

// The labels of an axis: the clock as fine as the steps are, the day where it is
// another one.
function stamps(times, step) {
  let day = '';
  return times.map((time) => {
    const [date, exact] = clock(time).split(' ');
    const label = step >= 86400 ? [] : [exact.slice(0, step >= 60 ? 5 : step >= 1 ? 8 : 12)];
    if (date !== day) label.push(date);
    day = date;
    return label.join('\n');
  });
}

// The errors with most failures, the others as one.
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

function shadeGaps(gaps, range) {
  return (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.fillStyle = colour('--gap');
    for (const [after, before] of gaps) {
      const edge = (iso, open) => plot.valToPos(
        iso === null ? open : seconds(iso), 'x', true);
      const left = Math.max(bbox.left, edge(after, range[0]));
      const right = Math.min(bbox.left + bbox.width, edge(before, range[1]));
      if (right < bbox.left || left > bbox.left + bbox.width) continue;
      const width = Math.max(2 * devicePixelRatio, right - left);
      ctx.fillRect(left, bbox.top, width, bbox.height);
    }
    ctx.restore();
  };
}

class Timeline {
  constructor(data) {
    const { first, width, records, failures } = data.timeline;
    // A step ends where the next begins: the last one needs an end.
    this.times = [...records, 0].map((_, i) => first + i * width);
    this.range = [this.times[0], this.times[this.times.length - 1]];
    this.zoomed = this.range;
    this.width = width;
    this.gaps = data.gaps;
    this.charts = [['rate', [{ errno: 'records', counts: records }]],
      ['failures-rate', errorSeries(failures)]]
      .filter(([, series]) => series.length > 0);
    this.plots = [];
    this.records = records;
    this.failures = failures;
  }

  draw() {
    for (const plot of this.plots) plot.destroy();
    this.plots = this.charts.map(([place, series]) => this.chart(place, series));
    this.zoom(...this.zoomed);
  }

  chart(place, series) {
    const is_rate = place === 'rate';
    const axis = { stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 } };
    const stroke = (i) => (is_rate ? colour('--main') : ERROR_COLOURS[i]);
    const options = {
      width: byId(place).clientWidth, height: HEIGHT, padding: [null, 36, null, null],
      tzDate: (time) => uPlot.tzDate(new Date(time * 1000), 'Etc/UTC'),
      cursor: { sync: { key: 'forkdb' }, drag: { x: true, y: false } },
      scales: { y: { range: (_, low, high) => [0, Math.max(1, high * 1.05)] } },
      axes: [{ ...axis, space: 100, values: (_, times, __, ___, step) => stamps(times, step) }, { ...axis, size: 64, values: (_, values) => values.map(
        (value) => (Number.isInteger(value) ? number(value) : '')) }],
      series: [{ label: 'UTC', value: (_, time) => (time ? clock(time).replace('.000', '') : '–') }, ...series.map(
        ({ errno }, i) => ({ label: errno, stroke: stroke(i), width: 1,
          fill: stroke(i) + (is_rate ? '33' : '22'),
          points: { show: false }, paths: uPlot.paths.stepped({ align: 1 }),
          value: (_, value) => (value === null || value === undefined ? '–' : number(value)) }))],
      hooks: {
        drawClear: [shadeGaps(this.gaps, this.range)],
        setScale: [(plot, key) => key === 'x' && this.follow(plot)],
      },
    };
    const title = `${is_rate ? 'Calls' : 'Failed calls, by error,'} per ${duration(this.width)}` +
      (this.gaps.length > 0 ? '; shaded where records are missing' : '');
    byId(place).replaceChildren(element('p', { class: 'chart-title' }, title));
    const plot = new uPlot(options,
      [this.times, ...series.map(({ counts }) => [...counts, null])], byId(place));
    plot.root.setAttribute('role', 'img');
    plot.root.tabIndex = 0;
    plot.root.setAttribute('aria-label', title);
    return plot;
  }

  // What one chart shows, all do.
  follow(plot) {
    if (this.following) return;
    this.following = true;
    this.zoomed = [plot.scales.x.min, plot.scales.x.max];
    this.tell(...this.zoomed);
    this.plots.filter((other) => other !== plot)
      .forEach((other) => other.setScale('x', { min: this.zoomed[0], max: this.zoomed[1] }));
    this.following = false;
  }

  // What lies in the bins that are seen.
  tell(min, max) {
    const is_seen = (_, i) => this.times[i + 1] > min && this.times[i] < max;
    const sum = (counts) => counts.filter(is_seen).reduce((a, b) => a + b, 0);
    const failed = this.failures.reduce((all, { counts }) => all + sum(counts), 0);
    byId('shown').textContent = `${minute(min)} to ${minute(max)} UTC: ` +
      `${plural(sum(this.records), 'call')}, ${number(failed)} failed`;
  }

  zoom(min, max) {
    const length = Math.min(max - min, this.range[1] - this.range[0]);
    const start = Math.min(Math.max(min, this.range[0]), this.range[1] - length);
    this.plots[0].setScale('x', { min: start, max: start + length });
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

export function showTimeline(data) {
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
  const resize = () => timeline.plots.forEach((plot, i) => plot.setSize(
    { width: byId(timeline.charts[i][0]).clientWidth, height: HEIGHT }));
  addEventListener('resize', resize);
  for (const query of ['(prefers-color-scheme: dark)', 'print']) {
    matchMedia(query).addEventListener('change', () => timeline.draw());
  }
}
