// Configuration: turns flags, environment and file into one typed value, or into every problem at once.
//
// C1. Precedence: flag, then environment, then file, then default. An empty variable counts as not set.
// C2. Pure: what it reads is in its arguments, and it neither prints nor ends the process.
// C3. A name nobody knows is a problem, never ignored: a misspelt limit would silently be the default.

import { isIP } from 'node:net';
import type { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import type { options } from './option-table.ts';
import { mapOptions, type NamedOption, type OptionName, optionList } from './options.ts';

type ValueOf<Choice> = Choice extends { type: 'integer' }
  ? number
  : Choice extends { type: 'choice'; choices: readonly (infer Name)[] }
    ? Name
    : Choice extends { type: 'origins' | 'assets' | 'networks' }
      ? readonly string[]
      : string;

/** Every option with its value; units and ranges are in the table of `options.ts`. */
export type Config = { readonly [Name in OptionName]: ValueOf<(typeof options)[Name]> };

export type Source = 'flag' | 'environment' | 'file' | 'default';

export type Inputs = {
  /** What commander parsed: option names to their text; other flags of the command are left alone. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of a file, undefined when there is none. May throw for any other reason. */
  readonly readFile: (path: string) => string | undefined;
};

export type Loaded = {
  readonly config: Config;
  readonly sources: Readonly<Record<OptionName, Source>>;
  /** The file that was read, if any. */
  readonly file: string | undefined;
};

/** Sentences for the person who starts the program; never empty. */
export type Rejected = { readonly problems: readonly string[] };

const defaultFile = './florin.json';
const fileVariable = 'FLORIN_CONFIG';

/** API key of a command that asks a running server: a secret, and no option, so that it is in no file and no list of processes. */
export const keyVariable = 'FLORIN_KEY';

/** Secrets of channels are named after the channels; who reads them knows which there are. */
const CHANNEL_SECRET = /^FLORIN_(SHADOW_)?(CHANNEL|CHECK)_[A-Z0-9_]+_SECRET(_FILE)?$/;

/** Adds `--config FILE` and a flag for every option that is no secret. Values stay text until `loadConfig`. */
export function addConfigFlags(command: Command): void {
  command.option('--config <file>', `configuration file, JSON (${fileVariable}; ${defaultFile} when present)`);
  for (const option of optionList) {
    if (option.secret === true) continue;
    const value = option.type === 'choice' ? option.choices.join('|') : option.type;
    const byDefault = String(option.default) || 'none';
    command.option(`${option.flag} <${value}>`, `${option.reason} (${byDefault}; ${option.environment})`);
  }
}

/** Joins the sources. Problems are collected from all of them before it gives up. */
export function loadConfig(inputs: Inputs): Loaded | Rejected {
  const problems: string[] = [];
  const file = readConfigFile(inputs, problems);
  if (file !== undefined) problems.push(...unknownKeys(file));
  problems.push(...unknownVariables(inputs.environment));
  const settings = mapOptions((option) => settingOf(option, inputs, file));
  const config = mapOptions((option) => settings[option.name].value);
  if (!isConfig(config)) problems.push(...invalidSettings(settings));
  else problems.push(...contradictions(config));
  if (!isConfig(config) || problems.length > 0) return { problems };
  return { config, sources: mapOptions((option) => settings[option.name].source), file: file?.path };
}

/** What may be shown of an option in effect. */
export type ShownOption = {
  readonly name: OptionName;
  readonly value: unknown;
  readonly source: Source;
  readonly unit: string;
};

/** All options for display. Of a secret one learns whether it is set, nothing of its content or length. */
export function describeConfig({ config, sources }: Loaded): ShownOption[] {
  return optionList.map((option) => ({
    name: option.name,
    value: shownValue(option, config[option.name]),
    source: sources[option.name],
    unit: option.unit,
  }));
}

/** The value, unless it is secret. */
export function shownValue(option: Pick<NamedOption, 'secret'>, value: unknown): unknown {
  if (option.secret !== true) return value;
  return value === '' ? '(not set)' : '(set)';
}

type ConfigFile = { readonly path: string; readonly values: ReadonlyMap<string, unknown> };

/** The file that is named, or the default one when it is there; otherwise, or with a problem, no values. */
function readConfigFile(inputs: Inputs, problems: string[]): ConfigFile | undefined {
  const named = inputs.flags['config'] ?? present(inputs.environment[fileVariable]);
  const path = typeof named === 'string' ? named : defaultFile;
  try {
    const text = inputs.readFile(path);
    if (text !== undefined) return { path, values: parseConfigFile(text) };
    if (named !== undefined) problems.push(`The configuration file ${path} does not exist.`);
  } catch (error) {
    problems.push(`The configuration file ${path} cannot be read: ${String(error)}`);
  }
  return undefined;
}

/** @throws when the text is not one JSON object */
function parseConfigFile(text: string): ReadonlyMap<string, unknown> {
  const content: unknown = JSON.parse(text);
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return new Map(Object.entries(content));
  }
  throw new TypeError('it must be one JSON object of options');
}

function unknownKeys(file: ConfigFile): string[] {
  const names: string[] = optionList.map((option) => option.name);
  return [...file.values.keys()]
    .filter((key) => !names.includes(key))
    .map((key) => `"${key}" in ${file.path} is not an option; the nearest is "${closest(key, names)}".`);
}

function unknownVariables(environment: Inputs['environment']): string[] {
  const names = [...optionList.map((option) => option.environment), fileVariable, keyVariable];
  return Object.keys(environment)
    .filter((key) => key.startsWith('FLORIN_') && !names.includes(key) && !CHANNEL_SECRET.test(key))
    .map((key) => `The variable ${key} is not an option; the nearest is ${closest(key, names)}.`);
}

type Setting = {
  readonly value: unknown;
  readonly source: Source;
  /** Where to correct it: the flag, the variable or the file. */
  readonly place: string;
};

function settingOf(option: NamedOption, inputs: Inputs, file: ConfigFile | undefined): Setting {
  const flag = inputs.flags[option.name];
  // Another flag of a command may have the name of an option and no value, as in `keys create --shadow`.
  if (flag !== undefined && flag !== true) return { value: fromText(option, flag), source: 'flag', place: option.flag };
  const variable = present(inputs.environment[option.environment]);
  if (variable !== undefined) {
    return { value: fromText(option, variable), source: 'environment', place: option.environment };
  }
  if (file?.values.has(option.name) === true) {
    return { value: file.values.get(option.name), source: 'file', place: file.path };
  }
  return { value: option.default, source: 'default', place: 'default' };
}

/** Gives text of a flag or variable the shape it has in the file; what does not fit stays text, to be refused. */
function fromText(option: NamedOption, text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (option.type === 'integer') return /^\d{1,15}$/.test(text) ? Number(text) : text;
  if (isList(option)) return text.split(',').map((one) => one.trim());
  return text;
}

function isList({ type }: NamedOption): boolean {
  return type === 'origins' || type === 'assets' || type === 'networks';
}

function isConfig(values: Readonly<Record<OptionName, unknown>>): values is Config {
  return optionList.every((option) => fits(option, values[option.name]));
}

function fits(option: NamedOption, value: unknown): boolean {
  switch (option.type) {
    case 'text':
      return typeof value === 'string' && value.trim() !== '';
    case 'file':
      return typeof value === 'string';
    case 'redis':
      return value === '' || isRedisUrl(value);
    case 'integer':
      return Number.isInteger(value) && Number(value) >= option.min && Number(value) <= option.max;
    case 'time':
      return typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
    case 'choice':
      return option.choices.some((choice) => choice === value);
    case 'origins':
      return Array.isArray(value) && value.every(isOrigin);
    case 'assets':
      return Array.isArray(value) && value.every(isAsset);
    case 'networks':
      return Array.isArray(value) && value.every(isNetwork);
  }
}

function expected(option: NamedOption): string {
  switch (option.type) {
    case 'text':
      return `text (${option.unit})`;
    case 'file':
      return 'the path of a file, or nothing';
    case 'redis':
      return 'a URL such as redis://127.0.0.1:6379, without a password (that is in redisPasswordFile), or nothing';
    case 'integer':
      return `a whole number from ${option.min} to ${option.max} (${option.unit})`;
    case 'time':
      return `a time of day from 00:00 to 23:59 (${option.unit})`;
    case 'choice':
      return `one of ${option.choices.join(', ')}`;
    case 'origins':
      return 'a list of origins such as https://shop.example';
    case 'assets':
      return 'a list of codes with their digits after the point, such as POINTS:0';
    case 'networks':
      return 'a list of networks such as 127.0.0.0/8';
  }
}

/** A browser sends scheme, host and port in lower case, without a path: anything else would never match. */
function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

/** With a password in it, it would be in lists of processes and in `config print`. */
function isRedisUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !/^rediss?:\/\//.test(value) || !URL.canParse(value)) return false;
  const { hostname, password } = new URL(value);
  return hostname !== '' && password === '';
}

/** A code that is none of ISO 4217's, which have three letters, and 0-12 digits. */
function isAsset(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Z][A-Z0-9_]{3,15}:([0-9]|1[0-2])$/.test(value);
}

/** An address with the bits that count. */
function isNetwork(value: unknown): boolean {
  const [, address = '', bits] = typeof value === 'string' ? (/^([^/%]+)\/([0-9]{1,3})$/.exec(value) ?? []) : [];
  const version = isIP(address);
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128);
}

function invalidSettings(settings: Readonly<Record<OptionName, Setting>>): string[] {
  return optionList
    .filter((option) => !fits(option, settings[option.name].value))
    .map((option) => {
      const { value, place } = settings[option.name];
      const shown = JSON.stringify(shownValue(option, value));
      return `${option.name}: ${shown} from ${place} is not valid; expected ${expected(option)}.`;
    });
}

/** Options that are valid alone but not together. */
function contradictions(config: Config): string[] {
  const found: string[] = [];
  if (config.port !== 0 && config.port === config.opsPort) {
    found.push(`port and opsPort are both ${config.port}; each listener needs its own.`);
  }
  if (config.inFlightMax < config.batchMax) {
    found.push('inFlightMax is below batchMax: a full batch could never be accepted.');
  }
  return found;
}

function present(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
