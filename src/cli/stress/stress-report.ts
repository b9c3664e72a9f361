// Stress report. What the windows of a stress test come to: the capacity of each module, the one that limits, the servers that a
// target needs, and everything that has to be known to believe it.

import {
  capacityOf,
  doneIn,
  instancesFor,
  limitOf,
  sharesOf,
  SORTS,
  sumOf,
  type BySort,
  type ModuleCapacity,
} from './capacity.ts';
import { CORES, ENGINE_THREAD, JOURNAL, type MeasuredWindow, type World } from './measured-window.ts';

/** Operations that a window must have: of fewer the time of each is chance. */
export const OPERATIONS_MIN = 100;

/** Difference of a share up to which a mix counts as the one that was asked for. */
const MIX_ERROR_MAX = 0.05;

/** Share of refused requests from which on a stress test measured refusals. */
const REFUSED_MAX = 0.01;

export type Asked = {
  readonly world: World;
  /** Shares; null: as measured. */
  readonly mix: BySort | null;
  /** Operations a second; null: only what one server can carry. */
  readonly target: number | null;
  /** Busy share up to which a module is used, above 0 and at most 1. */
  readonly ceiling: number;
};

export type ReportedModule = ModuleCapacity & {
  /** 'at least': it does more at once when there is more, so that the line is not straight. */
  readonly bound: 'about' | 'at least';
};

export type StressReport = Asked & {
  readonly seconds: number;
  readonly windows: number;
  /** Operations a second over all windows, and their shares. */
  readonly measured: { readonly perSecond: number; readonly mix: BySort };
  /** What the windows could be added up to; null when that is not the mix that was asked for, and nothing follows. */
  readonly capacity: {
    readonly mix: BySort;
    readonly modules: readonly ReportedModule[];
    readonly limit: { readonly module: string; readonly perSecond: number; readonly timesMeasured: number } | null;
    readonly instances: number | null;
  } | null;
  /** Sentences. */
  readonly notes: readonly string[];
};

/** @throws Error, in words for people, when too little happened */
export function reportOn(all: readonly MeasuredWindow[], asked: Asked): StressReport {
  const windows = all.filter(({ done }) => sumOf(done) >= OPERATIONS_MIN);
  const seconds = windows.reduce((sum, window) => sum + window.seconds, 0);
  if (windows.length === 0)
    throw new Error(`Nothing can be said: no window has ${OPERATIONS_MIN} operations. Is the load running?`);
  const done = doneIn(windows);
  const measured = { perSecond: sumOf(done) / seconds, mix: sharesOf(done) };
  const { mix, mixError, modules } = capacityOf(windows, asked.mix, asked.ceiling);
  const base = { ...asked, seconds, windows: windows.length, measured };
  const left = all.length - windows.length;
  const leftOut = left > 0 ? [`${left} windows with less than ${OPERATIONS_MIN} operations are left out.`] : [];
  if (mixError > MIX_ERROR_MAX) return { ...base, capacity: null, notes: [...leftOut, uncovered(mix)] };
  // What a journal writes at once is whatever has gathered: its time does not grow as its work does.
  const limit = limitOf(modules, (module) => module !== JOURNAL);
  const reported = modules.map((one) => ({ ...one, bound: one.module === JOURNAL ? 'at least' : 'about' }) as const);
  const timesMeasured = limit ? limit.perSecond / measured.perSecond : 0;
  return {
    ...base,
    capacity: {
      mix,
      modules: reported,
      limit: limit && { module: limit.module, perSecond: limit.perSecond, timesMeasured },
      instances: limit && asked.target !== null ? instancesFor(limit.perSecond, asked.target) : null,
    },
    notes: [...leftOut, ...notesOn(windows, asked, reported, limit, timesMeasured)],
  };
}

/** Such as 'transfer 70%, trade 30%'. */
export function mixText(mix: BySort): string {
  return SORTS.filter((sort) => mix[sort] > 0)
    .map((sort) => `${sort} ${percent(mix[sort])}`)
    .join(', ');
}

export function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10}%`;
}

function uncovered(mix: BySort): string {
  return (
    `The mix that was asked for was not measured: the nearest that these windows add up to is ${mixText(mix)}. ` +
    'Load it with that mix, or give scrapes from before, between and after loads of other mixes.'
  );
}

function notesOn(
  windows: readonly MeasuredWindow[],
  { world, ceiling, target }: Asked,
  modules: readonly ReportedModule[],
  limit: ModuleCapacity | null,
  timesMeasured: number,
): string[] {
  const seconds = windows.reduce((sum, window) => sum + window.seconds, 0);
  const beside = windows.reduce((sum, window) => sum + window.besidePerSecond * window.seconds, 0) / seconds;
  const refused = windows.reduce((sum, window) => sum + window.refused, 0) / sumOf(doneIn(windows));
  const journal = modules.find(({ module }) => module === JOURNAL);
  const notes = [
    `Capacity is a straight line from what was measured to ${percent(ceiling)} busy (utilisation law, U = X × S)` +
      `${limit ? `: ${times(timesMeasured)} the measured rate for what limits` : ''}. Latency is not foretold.`,
    'Busy seconds are by the clock: whoever shares the cores, such as the generator of the load, makes capacities too low.',
    ...starved(windows),
    `${ENGINE_THREAD} has gateway and engine, sockets, the parser of HTTP, calls to channels and the collecting of garbage.`,
  ];
  if (journal && limit && journal.perSecond < limit.perSecond)
    notes.push(
      'The journal writes at once what has gathered; it is no limit here unless its disk is. Measure nearer to the target.',
    );
  if (modules.some(({ module }) => module.startsWith('channel ')))
    notes.push('Channels are as fast as those that were asked, and simulators are not providers.');
  if (world === 'shadow') notes.push('reconciler: not measured, it does not see stress traffic. Ask with --business.');
  if (beside >= 1)
    notes.push(
      `The other traffic had ${Math.round(beside)} operations a second beside it; what is known to be its time is taken off ` +
        `${ENGINE_THREAD}, and not off ${CORES}.`,
    );
  if (refused > REFUSED_MAX)
    notes.push(`${percent(refused)} as many requests were refused: a part of this measures refusing.`);
  if (target !== null)
    notes.push(
      'Instances are machines like this one, each with its own accounts: what passes between them is not counted.',
    );
  return notes;
}

function times(factor: number): string {
  return `${factor < 10 ? factor.toFixed(1) : Math.round(factor)} times`;
}

/** A thread that was busy for longer than the whole process had of the cores has waited for one: how much, nobody can miss. */
function starved(windows: readonly MeasuredWindow[]): string[] {
  const busy = (module: string): number => windows.reduce((sum, { uses }) => sum + (uses[module]?.busySeconds ?? 0), 0);
  const [thread, cores] = [busy(ENGINE_THREAD), busy(CORES)];
  if (cores === 0 || thread <= cores) return [];
  return [
    `${ENGINE_THREAD} was busy for ${thread.toFixed(1)} s, and the whole process had ${cores.toFixed(1)} s of the cores: ` +
      `${percent(1 - cores / thread)} of its time at least it waited for one. Measure it on a machine of its own.`,
  ];
}
