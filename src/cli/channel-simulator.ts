// `florin channel-simulator`: runs the simulated channel until it is told to stop, and says where it is.

import { readFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { DEVELOPMENT_PORT } from '../channels/simulator-protocol.ts';
import { readRules } from '../channels/simulator/fault-reading.ts';
import { isHttpUrl } from '../channels/simulator/request-reading.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../channels/simulator/simulator.ts';
import { type Output, outputOf } from './terminal/output.ts';

type Flags = {
  readonly host: string;
  readonly port: number;
  readonly secretFile?: string;
  readonly seed?: number;
  readonly callbackUrl?: string;
  readonly faults?: string;
  readonly data?: string;
  readonly timeScale: number;
  readonly feeBasisPoints: number;
  readonly fund: number;
  readonly json?: true;
};

/** Characters of a secret at least: 128 random bits in hex. */
const SECRET_LENGTH_MIN = 32;
const SEED_MAX = 2 ** 32 - 1;
const LOOPBACK = /^(127\.[0-9.]+|::1|localhost)$/;

/** `florin channel-simulator`. */
export function registerChannelSimulator(program: Command): void {
  program
    .command('channel-simulator')
    .description('run a simulated payment channel: a provider with its own books, and faults by rules')
    .option('--host <address>', 'where to listen; another than loopback needs --secret-file', '127.0.0.1')
    .option('--port <number>', 'port; 0 takes a free one', integer(0, 65_535), DEVELOPMENT_PORT)
    .option('--secret-file <file>', 'what requests and callbacks are signed with; default the development secret')
    .option('--seed <number>', 'of all that is left to chance; default a random one', integer(0, SEED_MAX))
    .option('--callback-url <url>', 'where callbacks go that name no address', httpUrl)
    .option('--faults <file>', 'rules of faults, JSON; POST /faults changes them later')
    .option('--data <file>', 'keep the books in this file; default memory alone')
    .option('--time-scale <factor>', 'real time for simulated delays: 0.001 makes 60 s 60 ms', scale, 1)
    .option('--fee-basis-points <number>', 'fee on payments, 1/100 of a percent', integer(0, 10_000), 30)
    .option('--fund <amount>', 'what can be paid out beside what came in', integer(0, 10 ** 15), 10 ** 12)
    .option('--json', 'print one line of JSON: {"port": …}')
    .action(run);
}

async function run(flags: Flags, command: Command): Promise<void> {
  const output = outputOf(command);
  try {
    const simulator = await startSimulator(optionsOf(flags));
    output.out(flags.json === true ? lineOf(simulator) : banner(simulator, flags));
    stopOnSignal(simulator, output);
  } catch (error) {
    output.err(`florin channel-simulator cannot start: ${explain(error)}`);
    process.exitCode = 1;
  }
}

/** @throws Error with what is wrong with the flags or their files */
function optionsOf(flags: Flags): SimulatorOptions {
  const { host, port, timeScale, feeBasisPoints, fund, seed, callbackUrl } = flags;
  if (flags.secretFile === undefined && !LOOPBACK.test(host)) {
    throw new Error(`everybody knows the development secret: --host ${host} needs --secret-file`);
  }
  return {
    host,
    port,
    timeScale,
    feeBasisPoints,
    fund,
    ...(seed === undefined ? {} : { seed }),
    ...(callbackUrl === undefined ? {} : { callbackUrl }),
    ...(flags.secretFile === undefined ? {} : { secret: readSecret(flags.secretFile) }),
    ...(flags.data === undefined ? {} : { dataFile: flags.data }),
    ...(flags.faults === undefined ? {} : { rules: readRules(JSON.parse(readFileSync(flags.faults, 'utf8'))) }),
  };
}

function readSecret(file: string): string {
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < SECRET_LENGTH_MIN)
    throw new Error(`the secret in ${file} has less than ${SECRET_LENGTH_MIN} characters`);
  return secret;
}

function lineOf({ port, url, seed }: Simulator): string {
  return JSON.stringify({ port, url, seed });
}

function banner({ url, seed }: Simulator, { data, secretFile, callbackUrl }: Flags): string {
  return [
    'florin channel simulator  no real money moves here',
    `  API        ${url}   (signed requests; the protocol is in src/channels/simulator-protocol.ts)`,
    `  books      curl -s ${url}/books   kept in ${data ?? 'memory alone'}`,
    `  callbacks  ${callbackUrl ?? 'to the notify_url of each request'}`,
    `  secret     ${secretFile ?? 'the development secret, on this machine only'}`,
    `  seed       ${seed}   (the same faults again: --seed ${seed})`,
    `  try        curl -s ${url}/faults -d '{"rules":[{"match":{"every":2},"do":[{"fault":"drop_reply"}]}]}'`,
  ].join('\n');
}

function stopOnSignal(simulator: Simulator, { err }: Output): void {
  const stop = (): void => {
    simulator.close().catch((error: unknown) => {
      err(`florin channel-simulator did not stop well: ${String(error)}`);
      process.exitCode = 1;
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? `${message} (choose another with --port)` : message;
}

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be an integer from ${min} to ${max}.`);
  };
}

function scale(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 1_000) return value;
  throw new InvalidArgumentError('It must be above 0 and at most 1000.');
}

function httpUrl(text: string): string {
  if (isHttpUrl(text)) return text;
  throw new InvalidArgumentError('It must be an http or https URL.');
}
