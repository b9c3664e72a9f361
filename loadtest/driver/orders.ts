// Orders: what the command line asks of a run.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectFolder } from '../bench/machine.ts';

export type RunOrders = {
  readonly scenario: string;
  readonly profile: string;
  /** What the scenario is told beside it: rate, seconds, accounts, batch, p99 (ms); '' where its own holds. */
  readonly settings: Readonly<Record<'rate' | 'seconds' | 'accounts' | 'batch' | 'p99', string>>;
  /** Folder of the reports. */
  readonly out: string;
  /** JSON of an earlier run that is drawn behind this one; '' for none. */
  readonly baseline: string;
  /** Seconds after the beginning at which the server is killed and started again; 0 for never. */
  readonly killAt: number;
};

/** Files of the folder of profiles that are none. */
const NO_PROFILES = ['profile', 'named'];

export const USAGE = `npm run loadtest -- CASE PROFILE [options]

  CASE      ${named('cases').join(' ')}
  PROFILE   ${named('profiles').join(' ')}

  --rate N        requests a second at level 1 of the profile (transfers, over WebSockets) instead of the case's own
  --seconds N     length of the profile altogether, up to 1,500
  --accounts N    accounts that take part
  --batch N       transfers in a frame of ws-batch
  --p99 MS        what the 99th percentile must stay below
  --kill-at N     SIGKILL the server after N seconds and start it again
  --baseline FILE the JSON of an earlier run, to be drawn behind this one
  --out FOLDER    where report and JSON go; otherwise loadtest/reports`;

/** So many seconds a run may take at most: no load goes on for ever. */
const SECONDS_MAX = 1_500;
const NUMBERS = ['rate', 'seconds', 'accounts', 'batch', 'p99'] as const;

/** @throws Error that says what is wrong with the words */
export function readOrders(words: readonly string[]): RunOrders {
  const text = { type: 'string', default: '' } as const;
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      rate: text,
      seconds: text,
      accounts: text,
      batch: text,
      p99: text,
      'kill-at': text,
      baseline: text,
      out: text,
    },
  });
  const [scenario = '', profile = '', ...rest] = positionals;
  if (!named('cases').includes(scenario) || !named('profiles').includes(profile) || rest.length > 0) {
    throw new Error('a case and a profile are needed');
  }
  for (const name of [...NUMBERS, 'kill-at'] as const) {
    if (values[name] !== '' && !(Number(values[name]) > 0)) throw new Error(`--${name} takes a number above 0`);
  }
  if (Number(values.seconds) > SECONDS_MAX) throw new Error(`--seconds is ${SECONDS_MAX} at most`);
  if (Number(values.batch) > 1_000) throw new Error('--batch is 1000 at most');
  const { rate, seconds, accounts, batch, p99, baseline } = values;
  const out = values.out === '' ? join(projectFolder(), 'loadtest', 'reports') : values.out;
  const killAt = Number(values['kill-at']);
  return { scenario, profile, settings: { rate, seconds, accounts, batch, p99 }, out, baseline, killAt };
}

function named(folder: 'cases' | 'profiles'): string[] {
  const names = readdirSync(join(projectFolder(), 'loadtest', folder)).map((name) => name.replace(/\.ts$/, ''));
  return names.filter((name) => !NO_PROFILES.includes(name));
}
