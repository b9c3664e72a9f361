// Dates of files. All become YYYY-MM-DD, which compares as text.

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Two-digit years from here on are of the last century (SWIFT: 80 to 99 are 1980 to 1999). */
const LAST_CENTURY_FROM = 80;

/** Null for a day that no calendar has. Years 1 to 9999. */
export function dateOf(year: number, month: number, day: number): string | null {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return null;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** The last day of a month, 1 to 12. */
export function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0);
}

/** The four-digit year of YY. */
export function fullYear(twoDigits: number): number {
  return twoDigits >= LAST_CENTURY_FROM ? 1_900 + twoDigits : 2_000 + twoDigits;
}

/** YYMMDD; null for anything that is no day. */
export function readShortDate(text: string): string | null {
  if (!/^[0-9]{6}$/.test(text)) return null;
  return dateOf(fullYear(Number(text.slice(0, 2))), Number(text.slice(2, 4)), Number(text.slice(4)));
}

const ISO_DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;

/** YYYY-MM-DD; null for anything that is no day. */
export function readIsoDate(text: string): string | null {
  const match = ISO_DATE.exec(text);
  return match ? dateOf(Number(match[1]), Number(match[2]), Number(match[3])) : null;
}

/** Days since 1970 of a date that one of these functions gave. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
