// Maintenance windows. When a channel has said that it is away: nothing new is sent then. All times are UTC.

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MS = 86_400_000;

export type Weekday = (typeof DAYS)[number];

/** Every week: from `from` of each of the days until the next `to`, which may be on the day after. */
export type WeeklyWindow = { readonly days: readonly Weekday[]; readonly from: string; readonly to: string };

/** Once, from (inclusive) to (exclusive). */
export type SingleWindow = { readonly fromMs: number; readonly toMs: number };

export type MaintenanceWindow = WeeklyWindow | SingleWindow;

export type RefusedWindow = { readonly problem: string };

export function isInMaintenance(windows: readonly MaintenanceWindow[], nowMs: number): boolean {
  return windows.some((window) =>
    'fromMs' in window ? nowMs >= window.fromMs && nowMs < window.toMs : isInWeekly(window, nowMs),
  );
}

/** The window may have begun on this day or, when it goes past midnight, on the one before. */
function isInWeekly({ days, from, to }: WeeklyWindow, nowMs: number): boolean {
  const day = Math.floor(nowMs / DAY_MS);
  const fromMs = timeOfDayMs(from);
  const lengthMs = (timeOfDayMs(to) - fromMs + DAY_MS) % DAY_MS || DAY_MS;
  return [day, day - 1].some((start) => {
    const beganMs = start * DAY_MS + fromMs;
    return days.includes(weekdayOf(start)) && nowMs >= beganMs && nowMs < beganMs + lengthMs;
  });
}

/** Day 0 since 1970 was a Thursday. */
function weekdayOf(day: number): Weekday {
  return DAYS[(((day + 4) % 7) + 7) % 7] as Weekday;
}

function timeOfDayMs(time: string): number {
  return (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * 60_000;
}

/**
 * Reads `{"days": ["sun"], "from": "02:00", "to": "04:00"}` (without days: every day) or
 * `{"from": "2026-12-24T22:00:00Z", "to": "2026-12-25T02:00:00Z"}`.
 */
export function readMaintenanceWindow(value: unknown): MaintenanceWindow | RefusedWindow {
  if (typeof value !== 'object' || value === null) return { problem: 'must be an object with from and to' };
  const { days, from, to, ...others } = value as Record<string, unknown>;
  if (typeof from !== 'string' || typeof to !== 'string') return { problem: 'needs from and to' };
  if (Object.keys(others).length > 0) return { problem: `has an unknown field ${Object.keys(others).join(', ')}` };
  if (TIME_OF_DAY.test(from) && TIME_OF_DAY.test(to)) {
    if (days === undefined) return { days: DAYS, from, to };
    if (!Array.isArray(days) || days.length === 0 || !days.every(isWeekday))
      return { problem: `days must be a list of ${DAYS.join(', ')}` };
    return { days, from, to };
  }
  if (!INSTANT.test(from) || !INSTANT.test(to) || days !== undefined)
    return { problem: 'from and to must both be HH:MM, or both times such as 2026-12-24T22:00:00Z without days' };
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return fromMs < toMs ? { fromMs, toMs } : { problem: 'must end after it begins' };
}

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

function isWeekday(value: unknown): value is Weekday {
  return DAYS.some((day) => day === value);
}
