// What `florin doctor` looks at. Each check measures one thing and says what to do when it is not well.
//
// D1. A check leaves nothing behind: no folder, no file, no listener.
// D2. A check that cannot measure says so; it does not throw.

import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Config } from '../config.ts';

export type Check = {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly remedy?: string;
};

type Transport = { readonly name: string; readonly version: string };

const gibibyte = 1_024 ** 3;
/** A day of a busy ledger; below it, plan. */
const diskWarnBytes = 5 * gibibyte;
/** One snapshot may need as much; below it a server would soon stop. */
const diskFailBytes = gibibyte / 4;
/** Sockets, plus the files of the journal and of the books. */
const openFilesWarn = 10_000;
/** Each answer waits for a sync, and a slow disk is slow for everybody. */
const syncsWarnPerSecond = 200;
const syncMeasureMs = 200;
const syncBytes = 4_096;
/** `statfs` type of a file system in memory (TMPFS_MAGIC in the Linux headers). */
const memoryFileSystem = 0x01021994;

/** Node's version and ABI; tested are the even releases from 20 to 24. */
export function checkNode(versions: { readonly node: string; readonly modules: string }): Check {
  const detail = `${versions.node} (ABI ${versions.modules})`;
  const major = Number.parseInt(versions.node, 10);
  if (major < 20) return { name: 'node', status: 'fail', detail, remedy: 'Install Node 20, 22 or 24.' };
  if ([20, 22, 24].includes(major)) return { name: 'node', status: 'ok', detail };
  return { name: 'node', status: 'warn', detail, remedy: 'Florin is tested on Node 20, 22 and 24.' };
}

/** The C library that native packages are built for; `version` is undefined where it is another one. */
export function checkGlibc(version: string | undefined): Check {
  if (version !== undefined) return { name: 'glibc', status: 'ok', detail: version };
  const remedy = 'uWebSockets.js needs Linux with glibc; WebSockets go over ws elsewhere.';
  return { name: 'glibc', status: 'warn', detail: 'none', remedy };
}

/** What a start would take for WebSockets. */
export function checkTransport(wanted: Config['transport'], choose: (wanted: Config['transport']) => Transport): Check {
  const name = 'transport';
  try {
    const chosen = choose(wanted);
    const detail = `${chosen.name} ${chosen.version}`;
    if (wanted !== 'auto' || chosen.name === 'uws') return { name, status: 'ok', detail };
    const remedy =
      'uWebSockets.js did not load: use Node 20 on glibc 2.27 or later, or Node 20-24 on glibc 2.38 or later.';
    return { name, status: 'warn', detail, remedy };
  } catch (error) {
    return { name, status: 'fail', detail: String(error), remedy: 'Start with --transport auto.' };
  }
}

/** Whether the server could listen there. */
export async function checkPort(name: string, host: string, port: number, flag: string): Promise<Check> {
  const code = await tryToListen(host, port);
  const place = `${host}:${port}`;
  if (code === undefined)
    return { name, status: 'ok', detail: port === 0 ? `${host}, any free one` : `${place} is free` };
  const remedies: Record<string, string> = {
    EADDRINUSE: `Stop the program that listens there, or choose another port with ${flag}.`,
    EACCES: `Choose a port above 1023 with ${flag}, or allow this user to use lower ones.`,
    EADDRNOTAVAIL: `This machine has no address ${host}.`,
  };
  return {
    name,
    status: 'fail',
    detail: `${place}: ${code}`,
    remedy: remedies[code] ?? `Correct the address ${host}.`,
  };
}

/** The operating system's error code, undefined when listening worked. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => settle(undefined)));
  });
}

/** Free space where the data folder is or would be made. */
export function checkDisk(dataFolder: string): Check {
  try {
    const { bavail, bsize, type } = statfsSync(nearestFolder(dataFolder));
    return judgeDisk(dataFolder, bavail * bsize, type);
  } catch (error) {
    return { name: 'disk', status: 'fail', detail: String(error), remedy: 'Choose another folder with --data.' };
  }
}

/** @param fileSystem the type that `statfs` gives */
export function judgeDisk(dataFolder: string, freeBytes: number, fileSystem: number): Check {
  const name = 'disk';
  const detail = `${(freeBytes / gibibyte).toFixed(1)} GiB free for ${resolve(dataFolder)}`;
  if (freeBytes < diskFailBytes) return { name, status: 'fail', detail, remedy: 'Free some space or move --data.' };
  if (fileSystem === memoryFileSystem) {
    return { name, status: 'warn', detail, remedy: 'This is memory: it is empty after a reboot. Move --data.' };
  }
  if (freeBytes < diskWarnBytes) return { name, status: 'warn', detail, remedy: 'Plan for more space.' };
  return { name, status: 'ok', detail };
}

/** Writes to the data folder, or to where it would be made, and says how often a second a write can be made durable. */
export function checkSync(dataFolder: string): Check {
  const name = 'data';
  try {
    const folder = nearestFolder(dataFolder);
    const perSecond = Math.round(1_000 / medianSyncMs(join(folder, `.florin-doctor-${process.pid}`)));
    const detail = `${folder} is writable, ${perSecond.toLocaleString('en-US')} fdatasync/s (median)`;
    if (perSecond >= syncsWarnPerSecond) return { name, status: 'ok', detail };
    return { name, status: 'warn', detail, remedy: 'Every answer waits for this disk. Move --data to an SSD.' };
  } catch (error) {
    return {
      name,
      status: 'fail',
      detail: String(error),
      remedy: 'Make the folder writable, or choose another: --data.',
    };
  }
}

/** The folder, or the first one above it that exists. */
function nearestFolder(path: string): string {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return folder;
    if (found !== undefined) throw new Error(`${folder} is not a folder`);
  }
}

function medianSyncMs(file: string): number {
  const descriptor = openSync(file, 'wx');
  try {
    const block = Buffer.alloc(syncBytes);
    const durationsMs: number[] = [];
    const endMs = performance.now() + syncMeasureMs;
    while (durationsMs.length === 0 || performance.now() < endMs) {
      const startedMs = performance.now();
      writeSync(descriptor, block, 0, block.length, 0);
      fdatasyncSync(descriptor);
      durationsMs.push(performance.now() - startedMs);
    }
    return durationsMs.sort((one, other) => one - other)[durationsMs.length >> 1] ?? Infinity;
  } finally {
    closeSync(descriptor);
    rmSync(file);
  }
}

/** How many sockets and files the process may have open; undefined where the system does not say. */
export function checkOpenFiles(limit: number | 'unlimited' | undefined): Check {
  const name = 'open files';
  const detail = limit === undefined ? 'not known' : `ulimit -n is ${limit}`;
  if (limit === undefined || limit === 'unlimited' || limit >= openFilesWarn) return { name, status: 'ok', detail };
  return { name, status: 'warn', detail, remedy: 'Many clients need many sockets: ulimit -n 65536 before the start.' };
}

/** The Redis of the event stream; null where none is configured. */
export async function checkRedis({ redis, redisPasswordFile }: Config): Promise<Check | null> {
  const name = 'redis';
  if (redis === '') return null;
  try {
    const password = redisPasswordFile === '' ? '' : readFileSync(redisPasswordFile, 'utf8').trim();
    const { lookAtRedis } = await import('../redis/redis-look.ts');
    const { version, keeps } = await lookAtRedis(redis, password);
    const detail = `${version} answers at ${redis}`;
    if (keeps) return { name, status: 'ok', detail };
    const remedy = 'It forgets the stream when it ends, and gets it again from the first event: set appendonly yes.';
    return { name, status: 'warn', detail, remedy };
  } catch (error) {
    // Payments do not need it: what happens waits in the journal.
    return { name, status: 'warn', detail: `${redis}: ${String(error)}`, remedy: 'Start it, or correct --redis.' };
  }
}
