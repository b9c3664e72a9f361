// Format error. A file that is not what its format says: where, and what was expected there.

import type { Position } from './statement.ts';

/** Characters of what was found that an error shows: a file may be anything, a log line should not be. */
const FOUND_CHARACTERS_MAX = 60;

export class FormatError extends Error {
  readonly file: string;
  readonly position: Position;
  /** The field, column or element in question; '' when it is the line as a whole. */
  readonly field: string;

  constructor(file: string, position: Position, field: string, detail: string) {
    super(`${file}:${position.line}:${position.column}: ${field === '' ? '' : `${field}: `}${detail}`);
    this.name = 'FormatError';
    this.file = file;
    this.position = position;
    this.field = field;
  }
}

/** Makes the errors of one file. `expected` completes "… was expected"; `found` is quoted, undefined when nothing was. */
export class Refuser {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  expected(position: Position, field: string, expected: string, found?: string): FormatError {
    return new FormatError(this.file, position, field, `${expected} was expected${foundText(found)}`);
  }

  tooLong(position: Position, what: string, max: number, unit: string): FormatError {
    return new FormatError(this.file, position, '', `${what} of more than ${max} ${unit}`);
  }
}

function foundText(found: string | undefined): string {
  if (found === undefined) return '';
  if (found === '') return ', found nothing';
  const shown = found.length > FOUND_CHARACTERS_MAX ? `${found.slice(0, FOUND_CHARACTERS_MAX)}…` : found;
  return `, found ${JSON.stringify(shown)}`;
}
