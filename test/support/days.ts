// Days. A clock that begins at eight o'clock on a Friday, a cut at 18:00, and what the journal says of them.

import type { DayOpened, Fact } from '../../src/domain/facts.ts';
import { Engine, memoryDisk, type Disk, type EngineOptions } from './engine.ts';
import { factsOf } from './journal-facts.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The day ends after ten hours. */
export const AT_18: EngineOptions = { dayCutMs: 18 * HOUR_MS };

export const [FRIDAY, SATURDAY, SUNDAY] = ['2027-01-15', '2027-01-16', '2027-01-17'];

/** An engine with three accounts, whose bank can pay anything. */
export async function startDay(options: EngineOptions = AT_18, disk: Disk = memoryDisk()): Promise<Engine> {
  const engine = await Engine.start(disk, options);
  for (const id of ['bank', 'alice', 'shop']) await engine.open({ id, creditLimit: id === 'bank' ? Infinity : 0 });
  return engine;
}

/** Days that were opened. */
export function daysIn({ journal }: Disk): string[] {
  return factsOf(journal).flatMap(({ fact }) => (fact.kind === 6 ? [fact.date] : []));
}

/** Days by their date, steps of transfers like "t1 posted", in order. */
export function storyOf({ journal }: Disk): string[] {
  return factsOf(journal).flatMap(({ fact }) => nameOf(fact));
}

function nameOf(fact: Fact): string[] {
  if (fact.kind === 6) return [fact.date];
  return fact.kind === 3 ? [`${fact.id || fact.transfer} ${fact.step}`] : [];
}

export function dayOpened(date: string): DayOpened {
  const context = {
    version: 1,
    merchant: '',
    origin: 'timer',
    requestId: `day:${date}`,
    traceId: '',
    shadow: false,
    by: '',
    business: null,
  } as const;
  return { kind: 6, context, date, key: '', fingerprint: '' };
}
