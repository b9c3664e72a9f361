// PostgreSQL, for comparison: the same transfer as a stored function in a throw-away cluster on the same disk. Owns the
// cluster and its end.
//
// P1. Every answer is durable there too: fsync and synchronous_commit are on. P2. Where it is not installed, the
// comparison says so; nothing is downloaded.

import { execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { end, own } from './children.ts';
import type { Debits } from './draw.ts';

export type PostgresRun = {
  /** Who pays: any of the accounts, or one of them always; 'payee': any of the accounts pays one of them. */
  readonly debits: Debits;
  readonly perSecond: number;
  readonly meanMs: number;
};

/** Figures, or why there are none. */
export type PostgresResult =
  { readonly version: string; readonly runs: readonly PostgresRun[] } | { readonly absent: string };

const CLIENTS = 64;
/** Threads of pgbench. More would take from the server what they do not need. */
const THREADS = 1;
const ACCOUNTS = 10_000;
const START_MS_MAX = 30_000;
const START_POLL_MS = 100;
const STOP_MS_MAX = 30_000;
/** Characters of a failure that are shown: 64 clients say the same. */
const REASON_CHARACTERS_MAX = 400;
const PROGRAMS = ['initdb', 'postgres', 'psql', 'pgbench', 'pg_isready'];

/** Locks both accounts in the order of their numbers, so that no two transfers wait for each other. */
const SCHEMA = `
create table account (id int primary key, balance bigint not null, credit_limit bigint) with (fillfactor = 50);
create table transfer (
  id bigint generated always as identity primary key,
  debit int not null, credit int not null, amount bigint not null, created timestamptz not null default now()
);
insert into account select number, 0, null from generate_series(1, ${ACCOUNTS}) number;
create function transfer(debit_account int, credit_account int, money bigint) returns bigint language plpgsql as $$
declare
  payer account;
  made bigint;
begin
  perform 1 from account where id in (debit_account, credit_account) order by id for update;
  select * into payer from account where id = debit_account;
  if payer.balance - money < -payer.credit_limit then raise exception 'insufficient_funds'; end if;
  update account set balance = balance - money where id = debit_account;
  update account set balance = balance + money where id = credit_account;
  insert into transfer (debit, credit, amount) values (debit_account, credit_account, money) returning id into made;
  return made;
end $$;
`;

/** From account to account of two different ones, `one` and `other`. */
const SCRIPTS: Readonly<Record<Debits, string>> = {
  uniform: scriptOf(`random(1, ${ACCOUNTS})`, ':one, :other'),
  hot: scriptOf('1', ':one, :other'),
  payee: scriptOf('1', ':other, :one'),
};

function scriptOf(one: string, fromTo: string): string {
  return `
\\set one ${one}
\\set other 1 + (:one + random(0, ${ACCOUNTS - 2})) % ${ACCOUNTS}
\\set money random(100, 999)
select transfer(${fromTo}, :money);
`;
}

const run = promisify(execFile);

type Cluster = {
  readonly programs: string;
  readonly folder: string;
  /** Who runs it: PostgreSQL refuses the superuser. */
  readonly user: { readonly uid?: number; readonly gid?: number };
};

/** Measures transfers for `seconds` of each sort, in a cluster below `folder`. */
export async function measurePostgres(
  folder: string,
  seconds: number,
  sorts: readonly Debits[] = ['uniform', 'hot'],
): Promise<PostgresResult> {
  const programs = await findPrograms();
  if (programs === undefined) return { absent: 'not installed' };
  const cluster = { programs, folder: mkdtempSync(join(folder, 'fpg-')), user: unprivileged() };
  try {
    if (cluster.user.uid !== undefined) chownSync(cluster.folder, cluster.user.uid, cluster.user.gid ?? 0);
    return await withServer(cluster, async () => {
      const version = await call(cluster, 'psql', '-XAtc', 'show server_version');
      const runs: PostgresRun[] = [];
      for (const debits of sorts) runs.push(await bench(cluster, debits, seconds));
      return { version: version.trim(), runs };
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { absent: `could not be measured: ${message.slice(0, REASON_CHARACTERS_MAX)}` };
  } finally {
    rmSync(cluster.folder, { recursive: true, force: true });
  }
}

/** The newest installation of the usual place, or the one that pg_config tells of. */
async function findPrograms(): Promise<string | undefined> {
  const usual = '/usr/lib/postgresql';
  const versions = existsSync(usual) ? readdirSync(usual).sort((a, b) => Number(b) - Number(a)) : [];
  const told = await run('pg_config', ['--bindir']).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
  const folders = [...versions.map((version) => join(usual, version, 'bin')), told];
  return folders.find((bin) => bin !== '' && PROGRAMS.every((program) => existsSync(join(bin, program))));
}

function unprivileged(): Cluster['user'] {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const line = users.find((user) => user.startsWith('postgres:')) ?? users.find((user) => user.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

async function withServer<Result>(cluster: Cluster, work: () => Promise<Result>): Promise<Result> {
  const { programs, folder, user } = cluster;
  const data = join(folder, 'data');
  await call(cluster, 'initdb', '-D', data, '-A', 'trust', '-U', 'bench', '-E', 'UTF8', '--locale=C');
  // No port of the network: clients come through a socket file in the folder, and no other cluster is in the way.
  const settings = ['listen_addresses=', 'fsync=on', 'synchronous_commit=on', 'max_connections=100'];
  const flags = ['-D', data, '-k', folder, ...settings.flatMap((setting) => ['-c', setting])];
  const server = own(spawn(join(programs, 'postgres'), flags, { ...user, cwd: folder, stdio: 'ignore' }));
  try {
    await ready(cluster);
    await call(cluster, 'psql', '-Xqc', SCHEMA, '-v', 'ON_ERROR_STOP=1');
    return await work();
  } finally {
    // SIGINT: a fast shutdown, which does not wait for clients.
    await end(server, 'SIGINT', STOP_MS_MAX);
  }
}

async function ready(cluster: Cluster): Promise<void> {
  const deadlineMs = performance.now() + START_MS_MAX;
  for (;;) {
    try {
      await call(cluster, 'pg_isready', '-q');
      return;
    } catch (error) {
      if (performance.now() > deadlineMs) throw new Error('the cluster did not start', { cause: error });
    }
    await sleep(START_POLL_MS);
  }
}

async function bench(cluster: Cluster, debits: Debits, seconds: number): Promise<PostgresRun> {
  const script = join(cluster.folder, `${debits}.sql`);
  writeFileSync(script, SCRIPTS[debits]);
  const load = ['-c', String(CLIENTS), '-j', String(THREADS), '-T', String(seconds)];
  const printed = await call(cluster, 'pgbench', '-n', '-M', 'prepared', ...load, '-f', script);
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(printed)?.[1]);
  const meanMs = Number(/^latency average = ([\d.]+) ms/m.exec(printed)?.[1]);
  if (!(perSecond > 0) || !(meanMs > 0)) throw new Error(`pgbench printed no figures: ${printed.slice(0, 500)}`);
  return { debits, perSecond, meanMs };
}

/** Runs a program of the installation to its end; returns what it printed. */
async function call({ programs, folder, user }: Cluster, program: string, ...words: string[]): Promise<string> {
  const environment = { ...process.env, PGHOST: folder, PGUSER: 'bench', PGDATABASE: 'postgres' };
  const options = { ...user, cwd: folder, env: environment, encoding: 'utf8' } as const;
  const { stdout } = await run(join(programs, program), words, options);
  return stdout;
}
