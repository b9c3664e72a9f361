// Times of CSV files. A day and, if there is one, a time of day.

import { dateOf } from './calendar.ts';
import type { CsvDates } from './csv-mapping.ts';

export type CsvTime = { readonly day: string; readonly ms: number };

const SHAPES: Readonly<Record<CsvDates, RegExp>> = {
  iso: /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:$|[T ])/,
  'dmy.': /^([0-9]{2})\.([0-9]{2})\.([0-9]{4})(?:$|[T ])/,
  'mdy/': /^([0-9]{2})\/([0-9]{2})\/([0-9]{4})(?:$|[T ])/,
};

const DATE_CHARACTERS = 10;

/** Only offsets in numbers: of a zone with a name it is not known what it was on that day. */
const ZONE = /^[+-](?:0[0-9]|1[0-4]):?[0-5][0-9]$/;

/** Reads times of one file. A bill is of one day: the last day read is kept. */
export class CsvTimeReader {
  private readonly dates: CsvDates;
  private lastText = '';
  private lastDay = '';
  private lastMs = Number.NaN;

  constructor(dates: CsvDates) {
    this.dates = dates;
  }

  /** Null for anything that is no time; ms is NaN where there is no time of day. The day is the one written. */
  read(text: string): CsvTime | null {
    if (!this.readDay(text)) return null;
    if (text.length === DATE_CHARACTERS) return { day: this.lastDay, ms: Number.NaN };
    const ms = clockMs(text, DATE_CHARACTERS + 1);
    return Number.isNaN(ms) ? null : { day: this.lastDay, ms: this.lastMs + ms };
  }

  private readDay(text: string): boolean {
    const start = text.slice(0, DATE_CHARACTERS);
    if (start === this.lastText && isDayEnd(text.charCodeAt(DATE_CHARACTERS))) return true;
    const match = SHAPES[this.dates].exec(text);
    if (!match) return false;
    const [first, second, third] = [Number(match[1]), Number(match[2]), Number(match[3])];
    const day = this.dayOf(first, second, third);
    if (day === null) return false;
    this.lastText = start;
    this.lastDay = day;
    this.lastMs = Date.parse(`${day}T00:00:00Z`);
    return true;
  }

  private dayOf(first: number, second: number, third: number): string | null {
    switch (this.dates) {
      case 'iso':
        return dateOf(first, second, third);
      case 'dmy.':
        return dateOf(third, second, first);
      case 'mdy/':
        return dateOf(third, first, second);
    }
  }
}

/** The character after a day: none, T or a blank. */
function isDayEnd(code: number): boolean {
  return Number.isNaN(code) || code === 84 || code === 32;
}

/** HH:MM, seconds and a fraction of them if there are any, Z or an offset: ms after midnight UTC; NaN for anything else. */
function clockMs(text: string, at: number): number {
  const hours = twoDigits(text, at);
  const minutes = text.charCodeAt(at + 2) === 58 ? twoDigits(text, at + 3) : Number.NaN;
  let end = at + 5;
  let ms = 0;
  if (text.charCodeAt(end) === 58) {
    ms = twoDigits(text, end + 1) * 1_000;
    end += 3;
    if (text.charCodeAt(end) === 46) {
      const digits = fractionDigits(text, end + 1);
      ms += digits === 0 ? Number.NaN : Number(text.slice(end + 1, end + 1 + Math.min(digits, 3)).padEnd(3, '0'));
      end += 1 + digits;
    }
  }
  if (hours > 23 || minutes > 59 || ms >= 60_000) return Number.NaN;
  return (hours * 60 + minutes) * 60_000 + ms - offsetMs(text.slice(end));
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function fractionDigits(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at += 1;
  return at - from;
}

function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === '') return 0;
  if (!ZONE.test(zone)) return Number.NaN;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
