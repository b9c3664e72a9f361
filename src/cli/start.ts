// `florin start`: runs the server until it is told to stop, and says where it is.

import type { Command } from 'commander';
import { addConfigFlags, describeConfig, type Config, type Loaded } from '../config.ts';
import { isEchoOfCommit } from '../journal/lmdb-promise.ts';
import type { Log } from '../log/log-line.ts';
import { openLog } from '../log/log.ts';
import { startServer, VERSION, type RunningServer } from '../server.ts';
import { readConfig } from './config.ts';
import { outputOf } from './terminal/output.ts';
import { startProgress, type Progress } from './terminal/progress.ts';

/** Exit code when storage failed: a supervisor may start the process again, from what is durable. */
const EXIT_STORAGE = 70;

export function registerStart(program: Command): void {
  const command = program.command('start').description('run the engine on the embedded journal');
  addConfigFlags(command);
  command.action(async (_flags: unknown, self: Command) => {
    const loaded = readConfig(self);
    if (loaded) await run(loaded, self);
  });
}

async function run(loaded: Loaded, command: Command): Promise<void> {
  const { config } = loaded;
  const { out, err } = outputOf(command);
  const log = openLog(config.logLevel);
  const recovery = showRecovery();
  try {
    // A promise that nobody looks at failed: whatever it was for has not happened, and nothing may be acknowledged on it.
    process.on('unhandledRejection', (error) => {
      if (!isEchoOfCommit(error)) endNow(log, error);
    });
    const hooks = { recovery: recovery.update, fatal: (error: unknown) => endNow(log, error) };
    const server = await startServer(config, log, hooks, { options: describeConfig(loaded) });
    recovery.finish();
    out(banner(config, server));
    stopOnSignal(server, log);
    reloadOnSignal(server, log);
  } catch (error) {
    recovery.finish();
    err(`florin cannot start: ${explain(error, config)}`);
    process.exitCode = 1;
  }
}

/** A bar once there is something to read. */
function showRecovery(): { update: (done: number, total: number) => void; finish: () => void } {
  let progress: Progress | null = null;
  return {
    update: (done, total) => {
      if (total === 0) return;
      progress ??= startProgress({ label: 'recovery', total, unit: 'frames' });
      progress.update(done);
    },
    finish: () => {
      progress?.finish();
      progress = null;
    },
  };
}

function banner(config: Config, server: RunningServer): string {
  const api = `http://${hostOf(config.host)}:${server.port}`;
  const ops = `http://${hostOf(config.opsHost)}:${server.opsPort}`;
  return [
    `florin ${VERSION}  ready at journal frame ${server.engine.position}`,
    `  API        ${api}/v1   ws${api.slice(4)}/v1/ws`,
    `  console    ${ops}/console`,
    `  metrics    ${ops}/metrics   health ${ops}/readyz`,
    `  storage    ${config.data} (LMDB, one fsync a batch)`,
    `  transport  node:http, WebSockets over ${server.transport.name} ${server.transport.version}`,
    `  channels   ${channelsOf(config, server)}`,
    server.devMode
      ? '  dev mode   no API keys: everybody on this machine is the merchant "dev"; the first key ends that.\n             Two people: Authorization: Bearer dev:alice, and dev:bob'
      : '  auth       API keys',
    `  try        curl -s ${api}/v1/accounts -H 'Content-Type: application/json' -d '{"id":"alice","currency":"EUR","kind":"user"}'`,
  ].join('\n');
}

function channelsOf({ channels: file }: Config, { channels, devMode }: RunningServer): string {
  if (file === '' && devMode) return 'simulator, on this machine once `florin channel-simulator` runs';
  return channels.length === 0 ? 'none (--channels FILE)' : channels.join(', ');
}

function hostOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function stopOnSignal(server: RunningServer, log: Log): void {
  const stop = (signal: NodeJS.Signals): void => {
    log.process('stopping', { signal });
    server.stop().then(
      () => log.process('stopped'),
      (error: unknown) => endNow(log, error),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** Rules that are wrong change nothing: those in force stay. */
function reloadOnSignal(server: RunningServer, log: Log): void {
  process.on('SIGHUP', () => {
    try {
      server.reloadRules();
      log.process('rules_read');
    } catch (error) {
      log.process('rules_refused', { error });
    }
  });
}

/** No answer may leave after storage failed, so nothing is closed in good order. */
function endNow(log: Log, error: unknown): never {
  log.process('storage_failed', { error });
  process.exit(EXIT_STORAGE);
}

function explain(error: unknown, config: Config): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `${message} (choose others with --port and --ops-port)`;
  if (code === 'EACCES') return `${message} (check the rights on ${config.data} and the ports)`;
  return message;
}
