// `florin keys`: makes, lists and revokes API keys in a data folder, whether or not a server runs on it.

import type { Command } from 'commander';
import { closest } from 'fastest-levenshtein';
import {
  type CreatedKey,
  isScope,
  type KeyRecord,
  type KeyRefusal,
  type KeyStore,
  openKeys,
  scopes,
} from '../gateway/keys.ts';
import { readConfig } from './config.ts';
import { type Output, outputOf } from './terminal/output.ts';
import { table } from './terminal/table.ts';

type CommonFlags = { readonly json?: true };
type CreateFlags = CommonFlags & {
  readonly merchant: string;
  readonly scopes?: string;
  readonly label?: string;
  readonly shadow?: true;
};

const refusals: Record<KeyRefusal, string> = {
  merchant_invalid: 'A merchant name has 1 to 64 characters out of A-Z a-z 0-9 _ . : -',
  scopes_empty: 'A key needs at least one scope.',
  label_too_long: 'A label has at most 200 characters.',
};

/** `florin keys create`, `list` and `revoke`. */
export function registerKeys(program: Command): void {
  const keys = program.command('keys').description('API keys: who may call');
  const subcommand = (name: string, description: string): Command =>
    keys
      .command(name)
      .description(description)
      .option('--data <folder>', 'data folder (FLORIN_DATA)')
      .option('--config <file>', 'configuration file (FLORIN_CONFIG)')
      .option('--json', 'print JSON');
  subcommand('create', 'make a key; its secret is shown this once')
    .requiredOption('--merchant <name>', 'whom the key speaks for')
    .option('--scopes <list>', `comma separated, default all but ops: ${scopes.join(' ')}`)
    .option('--label <text>', 'a note for people, such as where the key is used')
    .option('--shadow', 'for stress traffic: all that it asks goes to stores of its own')
    .action((flags: CreateFlags, command: Command) =>
      withKeys(command, (store, output) => create(store, flags, output)),
    );
  subcommand('list', 'list all keys, revoked ones too').action((flags: CommonFlags, command: Command) =>
    withKeys(command, (store, output) => list(store, flags, output)),
  );
  subcommand('revoke', 'stop a key for good; a running server follows within 5 seconds')
    .argument('<id>', 'as in `florin keys list`')
    .action((id: string, flags: CommonFlags, command: Command) =>
      withKeys(command, (store, output) => revoke(store, id, flags, output)),
    );
}

/** Runs one piece of work on the store of the configured data folder. Whatever fails is told in one line. */
async function withKeys(command: Command, work: (store: KeyStore, output: Output) => void): Promise<void> {
  const loaded = readConfig(command);
  if (loaded === undefined) return;
  const output = outputOf(command);
  const store = openKeys(loaded.config.data);
  try {
    work(store, output);
  } catch (error) {
    fail(output, `The keys in ${loaded.config.data} cannot be used: ${String(error)}`);
  } finally {
    await store.close();
  }
}

function fail(output: Output, message: string): void {
  output.err(message);
  process.exitCode = 1;
}

function create(store: KeyStore, flags: CreateFlags, output: Output): void {
  const wanted = flags.scopes?.split(',').map((scope) => scope.trim());
  const unknown = wanted?.find((scope) => !isScope(scope));
  if (unknown !== undefined) return fail(output, unknownScope(unknown));
  const created = store.create({
    merchant: flags.merchant,
    label: flags.label ?? '',
    shadow: flags.shadow === true,
    ...(wanted === undefined ? {} : { scopes: wanted.filter(isScope) }),
  });
  if (typeof created === 'string') return fail(output, refusals[created]);
  output.out(flags.json === true ? createdJson(created) : createdText(created));
}

function unknownScope(scope: string): string {
  return `"${scope}" is not a scope; the nearest is ${closest(scope, [...scopes])}. Scopes: ${scopes.join(' ')}`;
}

function createdJson({ key, record }: CreatedKey): string {
  return JSON.stringify({ key, ...shown(record) }, null, 2);
}

function createdText({ key, record }: CreatedKey): string {
  return [
    `Key ${record.id} for ${record.merchant}. Keep it now, it is not shown again:`,
    '',
    `  ${key}`,
    '',
    `Scopes: ${record.scopes.join(' ')}`,
    ...(record.shadow === true ? ['Stress traffic only: it goes to stores of its own.'] : []),
    'Use: Authorization: Bearer <key>',
  ].join('\n');
}

/** A record as others may see it: without the hash. */
function shown(record: KeyRecord): object {
  const { id, merchant, scopes, label, createdAt, shadow = false, revokedAt } = record;
  return { id, merchant, scopes, label, shadow, created_at: createdAt, revoked_at: revokedAt };
}

function list(store: KeyStore, flags: CommonFlags, output: Output): void {
  const records = store.list();
  if (flags.json === true) return output.out(JSON.stringify(records.map(shown), null, 2));
  if (records.length === 0) return output.out('No keys. Make one: florin keys create --merchant NAME');
  const rows = records.map((record) => [
    record.id,
    record.merchant,
    record.label,
    record.createdAt,
    record.revokedAt === null ? 'active' : `revoked ${record.revokedAt}`,
    record.scopes.join(' '),
  ]);
  output.out(table(['id', 'merchant', 'label', 'created', 'state', 'scopes'], rows));
}

function revoke(store: KeyStore, id: string, flags: CommonFlags, output: Output): void {
  const result = store.revoke(id);
  if (result === 'unknown') {
    return fail(output, 'There is no key with this id. Give the id alone, as `florin keys list` shows it.');
  }
  if (flags.json === true) return output.out(JSON.stringify({ id, result }, null, 2));
  const texts = {
    revoked: `Key ${id} is revoked; a running server refuses it within 5 seconds.`,
    already_revoked: `Key ${id} was revoked before.`,
  };
  output.out(texts[result]);
}
