// Format. Numbers, durations, sizes and times as people read them; '–' for what is not known.

/** @typedef {import('./figures.js').Percentile} Percentile */

export const UNKNOWN = '–';

const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const FINE = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });

/** @param {number | null | undefined} value */
export function count(value) {
  return value === null || value === undefined ? UNKNOWN : WHOLE.format(value);
}

/**
 * A rate or a mean: three digits where it is small.
 * @param {number | null | undefined} value
 */
export function number(value) {
  if (value === null || value === undefined) return UNKNOWN;
  return Math.abs(value) >= 100 ? WHOLE.format(value) : FINE.format(value);
}

/** @param {number | null | undefined} share 0 to 1 */
export function share(share) {
  return share === null || share === undefined ? UNKNOWN : `${FINE.format(share * 100)} %`;
}

/** @param {number | null | undefined} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return UNKNOWN;
  if (seconds < 1) return `${FINE.format(seconds * 1_000)} ms`;
  if (seconds < 120) return `${FINE.format(seconds)} s`;
  if (seconds < 7_200) return `${WHOLE.format(seconds / 60)} min`;
  if (seconds < 172_800) return `${WHOLE.format(seconds / 3_600)} h`;
  return `${WHOLE.format(seconds / 86_400)} days`;
}

/** @param {Percentile | null} of seconds */
export function percentileText(of) {
  return of === null ? UNKNOWN : `${of.isAbove ? '> ' : ''}${duration(of.value)}`;
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** @param {number | null | undefined} bytes */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return UNKNOWN;
  const power = bytes < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${FINE.format(bytes / 1_024 ** power)} ${SIZES[power]}`;
}

/** @param {number | string | null} time ms since 1970, or RFC 3339 */
export function time(time) {
  if (time === null) return UNKNOWN;
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/**
 * Minor units with their currency; the number of digits is the currency's business and not known here.
 * @param {number | string} amount
 * @param {string} currency
 */
export function minor(amount, currency) {
  return `${WHOLE.format(BigInt(amount))} ${currency}`;
}
