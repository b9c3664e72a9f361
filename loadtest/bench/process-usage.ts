// What a process has used, as Linux tells it (proc(5)). Other systems do not: there the figures are 0.

import { readFileSync } from 'node:fs';

/** Clock ticks of /proc a second: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/<pid>/stat after the name, which may contain anything but ends with the last bracket. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Processor time of all threads so far, in seconds. */
export function processorSeconds(pid: number): number {
  return secondsIn(`/proc/${pid}/stat`);
}

/** The same of its first thread alone, on which Node runs the program. */
export function firstThreadSeconds(pid: number): number {
  return secondsIn(`/proc/${pid}/task/${pid}/stat`);
}

function secondsIn(file: string): number {
  const stat = read(file);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[USER_TICKS] ?? 0) + Number(fields[SYSTEM_TICKS] ?? 0)) / TICKS_PER_SECOND;
}

/** Where idle time and waiting for disks stand among the times of /proc/stat; all others are work or stolen. */
const IDLE_FIELDS = [3, 4];
/** Guest time is counted in user time already. */
const TIME_FIELDS = 8;

/** Processor time of the whole machine so far, all cores, in seconds; what a hypervisor took away included. */
export function machineSeconds(): number {
  const fields = (read('/proc/stat').split('\n')[0] ?? '')
    .split(/ +/)
    .slice(1, 1 + TIME_FIELDS)
    .map(Number);
  const ticks = fields.reduce((sum, value, index) => (IDLE_FIELDS.includes(index) ? sum : sum + value), 0);
  return ticks / TICKS_PER_SECOND;
}

/** The most memory that was resident at a time so far, in bytes. */
export function residentBytesMax(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1_024;
}

/** Memory of the process's own, in bytes: without the pages of mapped files, which the system takes back when it must. */
export function anonymousBytes(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1_024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
