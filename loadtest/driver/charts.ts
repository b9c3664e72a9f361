// Charts: lines over time as SVG, in the colours of the page.

export type Line = {
  readonly name: string;
  /** A custom property of the page: `--a` … `--c`. */
  readonly colour: string;
  /** Null where there was nothing to measure: the line has a gap. */
  readonly points: readonly (readonly [atSeconds: number, value: number | null])[];
  /** Of an earlier run: drawn thin and dashed. */
  readonly earlier?: boolean;
};

export type Mark = { readonly at: number; readonly text: string };

export type Chart = {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly marks: readonly Mark[];
  /** Logarithmic: for latencies, of which the rare ones are a hundred times the usual ones. */
  readonly log?: boolean;
  /** A limit to be seen, such as a threshold. */
  readonly limit?: number;
  readonly seconds: number;
};

const WIDTH = 960;
const HEIGHT = 210;
const LEFT = 64;
const RIGHT = 16;
const TOP = 14;
const BOTTOM = 26;
/** Labels of the time axis are about so far apart. */
const TICKS = 8;
/** Labels of the value axis. */
const LEVELS = 4;
const STEPS = [1, 2, 5, 10];

export function chartOf(chart: Chart): string {
  const values = chart.lines.flatMap(({ points }) => points.flatMap(([, value]) => (value === null ? [] : [value])));
  const levels = chart.log ? logLevels(values) : evenLevels(values);
  const [bottom = 0, top = 1] = [levels[0], levels.at(-1)];
  const x = (at: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * at) / chart.seconds;
  const share = (value: number): number =>
    chart.log ? Math.log(Math.max(value, bottom) / bottom) / Math.log(top / bottom) : (value - bottom) / (top - bottom);
  const y = (value: number): number => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.min(1, share(value));
  const legend = chart.lines.map(
    ({ name, colour, earlier }) =>
      `<span class="key"><i class="${earlier ? 'earlier' : ''}" style="--colour:var(${colour})"></i>${escaped(name)}</span>`,
  );
  return `<section><h2>${escaped(chart.title)} <small>${escaped(chart.unit)}</small></h2><div class="keys">${legend.join('')}</div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(chart.title)}">
${levels.map((level) => grid(y(level), shown(level))).join('\n')}
${ticks(chart.seconds)
  .map((at) => `<text class="tick" x="${x(at)}" y="${HEIGHT - 8}" text-anchor="middle">${at} s</text>`)
  .join('')}
${chart.limit !== undefined && chart.limit <= top ? `<line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(chart.limit)}" y2="${y(chart.limit)}"/>` : ''}
${chart.lines.map((line) => path(line, x, y)).join('\n')}
${chart.marks.map(({ at, text }, index) => mark(x(at), text, index)).join('\n')}
</svg></section>`;
}

function grid(y: number, label: string): string {
  return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text class="tick" x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${label}</text>`;
}

function mark(x: number, text: string, index: number): string {
  const end = x > WIDTH - 160;
  const at = end ? x - 5 : x + 5;
  return `<line class="mark" x1="${x}" x2="${x}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/><text class="mark" x="${at}" y="${TOP + 10 + 13 * (index % 3)}" text-anchor="${end ? 'end' : 'start'}">${escaped(text)}</text>`;
}

function path({ points, colour, earlier }: Line, x: (at: number) => number, y: (value: number) => number): string {
  let pen = 'M';
  let drawn = '';
  for (const [at, value] of points) {
    if (value !== null) drawn += `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = value === null ? 'M' : 'L';
  }
  return drawn === ''
    ? ''
    : `<path class="${earlier ? 'earlier' : 'line'}" style="--colour:var(${colour})" d="${drawn}"/>`;
}

function ticks(seconds: number): number[] {
  const step = roundUp(seconds / TICKS);
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => Number((index * step).toFixed(2)));
}

function evenLevels(values: readonly number[]): number[] {
  const step = roundUp(Math.max(1e-3, ...values) / LEVELS);
  const count = Math.max(1, Math.ceil(Math.max(0, ...values) / step));
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

function logLevels(values: readonly number[]): number[] {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(1, ...positive)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, ...positive))));
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}

/** The next of 1, 2, 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (STEPS.find((step) => step * power >= value * (1 - 1e-9)) ?? 10) * power;
}

/** A number for people: three digits that count. */
export function shown(value: number): string {
  if (value !== 0 && Math.abs(value) < 100) return String(Number(value.toPrecision(3)));
  return Math.round(value).toLocaleString('en-US');
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
