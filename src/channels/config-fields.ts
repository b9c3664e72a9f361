// Configuration fields. What the readers of channels and of checks know of a JSON value, and how they complain.

export type Fields = Readonly<Record<string, unknown>>;

/** Tells a problem of one entry: a sentence without its full stop. */
export type Complain = (what: string) => void;

/** A name is in metrics, in account ids and in names of variables. */
export const CONFIG_NAME = /^[a-z][a-z0-9_]{0,31}$/;

export const CONFIG_NAME_FORM = 'up to 32 of a-z, 0-9 and _, a letter first';

export const URL_PATTERN = /^https?:\/\/[^\s/]+(\/\S*)?$/;

/** Names of fields in which people put secrets. */
const SECRET_FIELD = /secret|key|token|password|credential/i;

/** A misspelt field would silently be the default, and a secret does not belong into a file. */
export function refuseStrangers(entry: Fields, known: readonly string[], complain: Complain): void {
  for (const field of Object.keys(entry)) {
    if (known.includes(field)) continue;
    if (SECRET_FIELD.test(field)) complain(`${field} does not belong into a file; give it in the environment`);
    else complain(`${field} is not a field; known are ${known.join(', ')}`);
  }
}

/** Every name that is there more than once, as a problem. @param noun in the plural: 'channels' */
export function refuseTwins(noun: string, entries: readonly Fields[], problems: string[]): void {
  const names = entries.map((entry) => entry['name']);
  for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index))) {
    problems.push(`Two ${noun} are called ${JSON.stringify(name)}.`);
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isWithin(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
}
