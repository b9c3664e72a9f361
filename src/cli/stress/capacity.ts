// Capacity. What a server could carry at a mix of operations, from windows of time in which it was measured. Pure arithmetic.
//
// The utilisation law (Denning and Buzen, "The Operational Analysis of Queueing Network Models", 1978): U = X × S. A module that is
// busy for the share U of the time at X operations a second needs S seconds of itself for each of them; at most ceiling / S fit.
//
// C1. A mix is only ever made of windows that were measured: a sum of them, none with a weight below 0. What no such sum gives is
// not known. C2. From there to the ceiling the line is straight; how far that is, is said.

/** Sorts of operations that a mix is made of. */
export const SORTS = ['transfer', 'trade', 'refund', 'topup', 'withdrawal'] as const;
export type Sort = (typeof SORTS)[number];

/** A number for each sort: operations, operations a second, or shares. */
export type BySort = Readonly<Record<Sort, number>>;

/** How long something was busy in a window; `places`: how many of it there are. */
export type Use = { readonly busySeconds: number; readonly places: number };

export type Window = {
  readonly seconds: number;
  /** Operations in it. */
  readonly done: BySort;
  /** By the name of the module. */
  readonly uses: Readonly<Record<string, Use>>;
};

export type ModuleCapacity = {
  readonly module: string;
  /** Busy share of its places, 0 … 1, over all windows. */
  readonly utilisation: number;
  /** Seconds that an operation of the mix takes of it, of all its places together. */
  readonly secondsEach: number;
  /** Operations of the mix a second at the ceiling; Infinity for what they do not use. */
  readonly perSecond: number;
};

export type Capacity = {
  /** What could be made of the windows: shares that add up to 1. */
  readonly mix: BySort;
  /** Largest difference of a share from the one that was asked for, 0 … 1. */
  readonly mixError: number;
  readonly modules: readonly ModuleCapacity[];
};

/** Rounds of approximation: a millisecond each ten windows and thousand rounds; what is still missing then is in the error. */
const ROUNDS = 10_000;

/** Operations a second of a window. */
export function ratesOf({ seconds, done }: Window): BySort {
  return mapSorts((sort) => done[sort] / seconds);
}

/** Shares of all operations, which add up to 1. */
export function sharesOf(counts: BySort): BySort {
  const sum = sumOf(counts);
  return mapSorts((sort) => (sum === 0 ? 0 : counts[sort] / sum));
}

export function mapSorts(value: (sort: Sort) => number): BySort {
  return Object.fromEntries(SORTS.map((sort) => [sort, value(sort)])) as BySort;
}

export function sumOf(counts: BySort): number {
  return SORTS.reduce((sum, sort) => sum + counts[sort], 0);
}

/** What was done in all windows together. */
export function doneIn(windows: readonly Window[]): BySort {
  return mapSorts((sort) => windows.reduce((sum, { done }) => sum + done[sort], 0));
}

/**
 * @param windows each with operations in it
 * @param wanted shares of the mix; null: as measured
 * @param ceiling busy share up to which a module is used, above 0 and at most 1
 */
export function capacityOf(windows: readonly Window[], wanted: BySort | null, ceiling: number): Capacity {
  const target = sharesOf(wanted ?? doneIn(windows));
  const weights = wanted ? weightsFor(windows, target) : evenWeights(windows);
  const rates = windows.map(ratesOf);
  const mix = mapSorts((sort) => rates.reduce((sum, rate, at) => sum + rate[sort] * (weights[at] ?? 0), 0));
  const whole = sumOf(mix);
  const modules = [...new Set(windows.flatMap(({ uses }) => Object.keys(uses)))].map((module) => {
    const busy = windows.reduce((sum, window, at) => sum + shareOf(window, module) * (weights[at] ?? 0), 0);
    const places = Math.max(...windows.map(({ uses }) => uses[module]?.places ?? 0));
    const perPlace = whole > 0 ? busy / whole : 0;
    const perSecond = perPlace > 0 ? ceiling / perPlace : Infinity;
    return { module, utilisation: utilisationOf(windows, module), secondsEach: perPlace * places, perSecond };
  });
  const achieved = sharesOf(mix);
  const mixError = Math.max(...SORTS.map((sort) => Math.abs(achieved[sort] - target[sort])));
  return { mix: achieved, mixError, modules };
}

/** Of the modules that count the one with the least capacity; null when none is used. */
export function limitOf(
  modules: readonly ModuleCapacity[],
  counts: (module: string) => boolean,
): ModuleCapacity | null {
  const used = modules.filter(({ module, perSecond }) => counts(module) && perSecond < Infinity);
  return used.reduce<ModuleCapacity | null>(
    (least, one) => (least && least.perSecond <= one.perSecond ? least : one),
    null,
  );
}

/** Servers like this one for so many operations a second. */
export function instancesFor(perSecond: number, target: number): number {
  // A target that was computed from a capacity must not need one more for the last bit.
  return Math.max(1, Math.ceil(target / perSecond - 1e-9));
}

/** Each window as it was, by its length: the rates of all of them together. */
function evenWeights(windows: readonly Window[]): number[] {
  const all = windows.reduce((sum, { seconds }) => sum + seconds, 0);
  return windows.map(({ seconds }) => seconds / all);
}

/**
 * Weights, none below 0, with which the rates of the windows come closest to the target: least squares by projected gradients, from
 * 0 on and all at once, so that windows of the same mix get the same.
 */
function weightsFor(windows: readonly Window[], target: BySort): number[] {
  const lengths = windows.map((window) => Math.hypot(...Object.values(ratesOf(window))));
  const directions = windows.map((window, at) => {
    const rates = ratesOf(window);
    return SORTS.map((sort) => rates[sort] / (lengths[at] ?? 1));
  });
  let weights = windows.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    const missing = SORTS.map((sort, place) =>
      directions.reduce((rest, direction, at) => rest - (direction[place] ?? 0) * (weights[at] ?? 0), target[sort]),
    );
    weights = weights.map((weight, at) => {
      const along = missing.reduce((sum, part, place) => sum + part * (directions[at]?.[place] ?? 0), 0);
      return Math.max(0, weight + along / windows.length);
    });
  }
  return weights.map((weight, at) => weight / (lengths[at] ?? 1));
}

function shareOf({ seconds, uses }: Window, module: string): number {
  const use = uses[module];
  return use ? use.busySeconds / (seconds * use.places) : 0;
}

function utilisationOf(windows: readonly Window[], module: string): number {
  const all = windows.reduce((sum, { seconds }) => sum + seconds, 0);
  return windows.reduce((sum, window) => sum + shareOf(window, module) * window.seconds, 0) / all;
}
