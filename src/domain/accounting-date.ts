// Accounting date. Which date a time belongs to when the day ends at a cut: that date is what books and statements say.
// Times are ms since 1970, dates and cuts are those of UTC, so every day has 24 hours.
//
// A1. As banks do it: what comes at the cut or after it is dated the next day. With a cut at 00:00 nothing comes after
// it, and the date is that of the calendar. A2. Dates compare as text: YYYY-MM-DD, years 0000 to 9999.

const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

/** From the first of March of the year 0 to the first of January 1970. */
const DAYS_BEFORE_1970 = 719_468;
const DAYS_PER_ERA = 146_097;
const YEARS_PER_ERA = 400;

/** A cut in ms after midnight. `text`: HH:MM; the configuration has checked it. */
export function readDayCut(text: string): number {
  const [hours = '', minutes = ''] = text.split(':');
  return (Number(hours) * 60 + Number(minutes)) * MS_PER_MINUTE;
}

/** The date that a time belongs to. `dayCutMs`: after midnight. */
export function accountingDate(timeMs: number, dayCutMs: number): string {
  const cutsPassed = Math.floor((timeMs - dayCutMs) / MS_PER_DAY);
  return dateText(dayCutMs === 0 ? cutsPassed : cutsPassed + 1);
}

/** When the next date begins: always after `timeMs`. */
export function nextDayMs(timeMs: number, dayCutMs: number): number {
  return (Math.floor((timeMs - dayCutMs) / MS_PER_DAY) + 1) * MS_PER_DAY + dayCutMs;
}

/**
 * The calendar's date, counted in days since 1970 (Howard Hinnant, "chrono-compatible low-level date algorithms"). Years
 * are counted from the first of March, so that a leap day is the last of its year.
 */
function dateText(days: number): string {
  const sinceYear0 = days + DAYS_BEFORE_1970;
  const era = Math.floor(sinceYear0 / DAYS_PER_ERA);
  const dayOfEra = sinceYear0 - era * DAYS_PER_ERA;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * YEARS_PER_ERA + yearOfEra + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
