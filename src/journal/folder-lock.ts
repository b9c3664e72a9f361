// Folder lock. One process at a time owns a data folder. The lock is a file with the owner's process id and start time;
// one whose owner is gone (a crash, kill -9) is taken over.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type FolderLock = { readonly release: () => void };

/** Another living process owns the folder. */
export class FolderLocked extends Error {
  override name = 'FolderLocked';
}

/** @throws FolderLocked, or the operating system's error when the folder cannot be written. */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock');
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (let tries = 0; ; tries++) {
    if (create(path, mine)) return { release: () => rmSync(path, { force: true }) };
    const owner = readOwner(path);
    if (owner !== null && isAlive(owner)) {
      throw new FolderLocked(
        `${folder} is in use by process ${owner.split(' ')[0] ?? ''}: stop it, or give another --data folder`,
      );
    }
    if (tries > 3) throw new FolderLocked(`${path} cannot be taken over: remove it if no server runs on ${folder}`);
    rmSync(path, { force: true });
  }
}

function create(path: string, content: string): boolean {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, content);
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function isAlive(owner: string): boolean {
  const [pid = '', start = ''] = owner.split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (stateOf(Number(pid)) === 'Z') return false;
  const now = startOf(Number(pid));
  // Process ids come back; the start time tells one owner from another. Where it cannot be read, the id decides.
  return start === '' || now === '' || now === start;
}

/** When the process started, in clock ticks since boot (Linux); '' where that is not known. */
function startOf(pid: number): string {
  return statOf(pid)[19] ?? '';
}

/** Its state as one letter: Z is one that has ended and that its parent has not looked after yet. */
function stateOf(pid: number): string {
  return statOf(pid)[0] ?? '';
}

/** What Linux tells of a process behind its name (proc(5), "stat"); nothing on other systems. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
