// Chart. A line for each series over the last minutes; the newest values stand beside it as text, for who does not see lines.

import uPlot from './vendor/uplot.js';
import { html, useEffect, useRef } from './vendor/htm-preact.js';

/** Pixels. */
const HEIGHT = 170;

/** @typedef {{ readonly name: string, readonly values: readonly (number | null)[], readonly text: (value: number | null) => string }} Line */

/**
 * @param {{ title: string, times: readonly number[], lines: readonly Line[], axis: (value: number) => string }} props
 *   `times`: ms since 1970, one for each value
 */
export function Chart({ title, times, lines, axis }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const plot = useRef(/** @type {uPlot | null} */ (null));
  const data = /** @type {uPlot.AlignedData} */ ([times.map((ms) => ms / 1_000), ...lines.map(({ values }) => values)]);
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    const { current: host } = place;
    if (!host) return undefined;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(lines, axis, host.clientWidth), latest.current, host);
    };
    draw();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: host.clientWidth, height: HEIGHT }));
    resized.observe(host);
    return () => {
      scheme.removeEventListener('change', draw);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [title]);
  useEffect(() => plot.current?.setData(data), [times.at(-1), times.length]);
  const now = lines.map(({ name, values, text }) => `${name} ${text(values.at(-1) ?? null)}`);
  return html`<figure class="chart">
    <figcaption>
      <span class="name">${title}</span>
      ${now.map((text, at) => html`<span class="line"><span class=${`dot line-${at}`} aria-hidden="true"></span>${text}</span>`)}
    </figcaption>
    <div class="plot" role="img" aria-label=${`${title}, last minutes. Now: ${now.join(', ')}`} ref=${place}></div>
  </figure>`;
}

/**
 * @param {readonly Line[]} lines
 * @param {(value: number) => string} axis
 * @param {number} width
 * @returns {uPlot.Options}
 */
function optionsOf(lines, axis, width) {
  const color = (/** @type {string} */ name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const ink = color('--soft');
  const grid = { stroke: color('--line'), width: 1 };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      { stroke: ink, grid, ticks: grid, size: 28, space: 90, values: (_plot, seconds) => seconds.map(clock) },
      { stroke: ink, grid, ticks: grid, size: 64, space: 34, values: (_plot, values) => values.map(axis) },
    ],
    series: [
      {},
      ...lines.map((_line, at) => ({
        stroke: color(`--line-${at}`),
        width: 1.75,
        points: { show: false },
        spanGaps: false,
      })),
    ],
  };
}

/** @param {number} seconds since 1970 */
function clock(seconds) {
  return new Date(seconds * 1_000).toISOString().slice(11, 19);
}
