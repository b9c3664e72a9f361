// Options: what is made of the table, for the command line, the environment, the configuration file, the help and
// `config print` alike.
//
// O1. An option's name gives its other names: opsPort is --ops-port and FLORIN_OPS_PORT.

import type { Option } from './option.ts';
import { options } from './option-table.ts';

export type OptionName = keyof typeof options;

export type NamedOption = Option & {
  readonly name: OptionName;
  /** As typed, with the dashes. */
  readonly flag: string;
  /** The environment variable. */
  readonly environment: string;
};

function named(name: OptionName): NamedOption {
  const words = name.replace(/[A-Z]/g, (letter) => `-${letter}`);
  const environment = `FLORIN_${words.replaceAll('-', '_').toUpperCase()}`;
  return { ...options[name], name, flag: `--${words.toLowerCase()}`, environment };
}

/** All options in the order of the table. */
export const optionList: readonly NamedOption[] = Object.keys(options).filter(isOptionName).map(named);

function isOptionName(text: string): text is OptionName {
  return Object.hasOwn(options, text);
}

/** One value for every option, under its name. */
export function mapOptions<Value>(valueOf: (option: NamedOption) => Value): Record<OptionName, Value> {
  const entries = optionList.map((option) => [option.name, valueOf(option)]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the names; all are in the list
  return Object.fromEntries(entries) as Record<OptionName, Value>;
}
