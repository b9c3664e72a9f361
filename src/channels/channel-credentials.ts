// Channel credentials. The secrets of the channels and of the checks, from the environment or from files that it names; never from the
// configuration file or the command line, where others can read them.
//
// S1. FLORIN_CHANNEL_<NAME>_SECRET (of a check FLORIN_CHECK_<NAME>_SECRET), or …_SECRET_FILE with the path of a file; both is a contradiction.
// S2. Missing or too short is a problem, and so, outside of development, is a secret that everybody knows.
// S3. A problem names the variable and never the value.

import type { AdapterName } from './channel-config.ts';
import { DEVELOPMENT_SECRET } from './simulator-protocol.ts';

export type Credentials = {
  readonly secret: string;
  /** Of callbacks; '' where the channel signs them with the secret. */
  readonly webhookSecret: string;
};

export type CredentialSources = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of a file. @throws when it cannot be read */
  readonly readFile: (path: string) => string;
  /** Development: secrets that everybody knows are taken, and the simulator's is known without saying it. */
  readonly development: boolean;
};

/** Shorter ones can be guessed. */
const SECRET_LENGTH_MIN = 16;

/** Secrets of examples, of templates and of the development mode. */
const KNOWN: ReadonlySet<string> = new Set([DEVELOPMENT_SECRET, 'changeme-changeme', 'whsec_test_secret_of_florin']);

/** Every variable that these channels read, so that the configuration knows them. */
export function credentialVariables(name: string, adapter: AdapterName): readonly string[] {
  const secrets = [secretVariable(name), ...(adapter === 'stripe' ? [webhookVariable(name)] : [])];
  return secrets.flatMap((variable) => [variable, `${variable}_FILE`]);
}

export function readCredentials(
  { name, adapter }: { readonly name: string; readonly adapter: AdapterName },
  sources: CredentialSources,
  problems: string[],
): Credentials {
  const known = sources.development && adapter === 'simulator' ? DEVELOPMENT_SECRET : '';
  return {
    secret: readSecret(secretVariable(name), known, sources, problems),
    webhookSecret: adapter === 'stripe' ? readSecret(webhookVariable(name), '', sources, problems) : '',
  };
}

/** What a check is asked with. In development a simulator's own is known without saying it. */
export function readCheckSecret(name: string, sources: CredentialSources, problems: string[]): string {
  const known = sources.development ? DEVELOPMENT_SECRET : '';
  return readSecret(`FLORIN_CHECK_${name.toUpperCase()}_SECRET`, known, sources, problems);
}

function secretVariable(name: string): string {
  return `FLORIN_CHANNEL_${name.toUpperCase()}_SECRET`;
}

function webhookVariable(name: string): string {
  return `FLORIN_CHANNEL_${name.toUpperCase()}_WEBHOOK_SECRET`;
}

function readSecret(variable: string, byDefault: string, sources: CredentialSources, problems: string[]): string {
  const secret = readText(variable, sources, problems);
  if (secret === null) return '';
  const used = secret || byDefault;
  if (used === '') problems.push(`${variable} (or ${variable}_FILE) is missing.`);
  else if (!sources.development && KNOWN.has(used)) problems.push(`${variable} is a secret that everybody knows.`);
  else if (used.length < SECRET_LENGTH_MIN)
    problems.push(`${variable} is shorter than ${SECRET_LENGTH_MIN} characters.`);
  return used;
}

/** '' when neither variable is set, null after a problem. A file's last line end is not part of the secret. */
function readText(variable: string, { environment, readFile }: CredentialSources, problems: string[]): string | null {
  const direct = environment[variable] ?? '';
  const path = environment[`${variable}_FILE`] ?? '';
  if (path === '') return direct;
  if (direct !== '') {
    problems.push(`${variable} and ${variable}_FILE are both set.`);
    return null;
  }
  try {
    return readFile(path).replace(/\r?\n$/, '');
  } catch {
    problems.push(`${variable}_FILE names a file that cannot be read.`);
    return null;
  }
}
