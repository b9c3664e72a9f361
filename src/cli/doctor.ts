// `florin doctor`: will Florin run well here, and if not, what to do.

import type { Command } from 'commander';
import { addConfigFlags, type Config } from '../config.ts';
import { chooseTransport } from '../gateway/transport/choose-transport.ts';
import { readConfig } from './config.ts';
import {
  type Check,
  checkDisk,
  checkGlibc,
  checkNode,
  checkOpenFiles,
  checkPort,
  checkRedis,
  checkSync,
  checkTransport,
} from './doctor-checks.ts';
import { type Colours, coloursFor } from './terminal/colour.ts';
import { outputOf } from './terminal/output.ts';

/** All checks, in the order of display. Takes about a quarter of a second. */
export async function examine(config: Config): Promise<Check[]> {
  const report: unknown = process.report.getReport();
  const redis = await checkRedis(config);
  return [
    checkNode(process.versions),
    checkGlibc(glibcVersion(report)),
    checkTransport(config.transport, chooseTransport),
    await checkPort('api port', config.host, config.port, '--port'),
    await checkPort('operations port', config.opsHost, config.opsPort, '--ops-port'),
    checkDisk(config.data),
    checkSync(config.data),
    checkOpenFiles(openFilesLimit(report)),
    ...(redis ? [redis] : []),
  ];
}

function glibcVersion(report: unknown): string | undefined {
  const version = fieldOf(fieldOf(report, 'header'), 'glibcVersionRuntime');
  return typeof version === 'string' ? version : undefined;
}

function openFilesLimit(report: unknown): number | 'unlimited' | undefined {
  const limit = fieldOf(fieldOf(fieldOf(report, 'userLimits'), 'open_files'), 'soft');
  return typeof limit === 'number' || limit === 'unlimited' ? limit : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** One line a check, and the remedy on a line of its own. */
export function renderCheck(check: Check, colours: Colours): string {
  const paint = { ok: colours.green, warn: colours.yellow, fail: colours.red }[check.status];
  const line = `${paint(check.status.padEnd(4))}  ${check.name.padEnd(15)}  ${check.detail}`;
  return check.remedy === undefined ? line : `${line}\n${' '.repeat(23)}${check.remedy}`;
}

/** `florin doctor`; exit code 1 when a check fails. */
export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('check whether this machine is ready, and say what to do if not');
  addConfigFlags(command);
  command.option('--json', 'print JSON').action(async (flags: { json?: true }) => {
    const loaded = readConfig(command);
    if (loaded === undefined) return;
    const checks = await examine(loaded.config);
    const ready = checks.every((check) => check.status !== 'fail');
    const colours = coloursFor(process.stdout);
    const { out } = outputOf(command);
    if (flags.json === true) out(JSON.stringify({ ready, checks }, null, 2));
    else for (const check of checks) out(renderCheck(check, colours));
    if (!ready) process.exitCode = 1;
  });
}
