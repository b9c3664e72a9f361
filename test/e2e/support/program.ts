// The built program, run as a process to its end. Owns where it is and the environment it runs in.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Folder of the project. */
export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

const PROGRAM = `${PROJECT}dist/src/main.js`;

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

/** The program in front of its own words. @throws Error when it is not built. */
export function programWords(...words: string[]): [file: string, ...words: string[]] {
  if (!existsSync(PROGRAM)) throw new Error('the program is not built: npm run build');
  return [process.execPath, PROGRAM, ...words];
}

/** This process's environment without what the program would take for its configuration. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(([name]) => !name.startsWith('FLORIN_'));
  return { ...Object.fromEntries(plain), NO_COLOR: '1' };
}

/** Runs a command of the program to its end, in a folder that has no configuration file. */
export function florin(...words: string[]): Promise<Ran> {
  return startFlorin(...words).ran;
}

/** Starts a command of the program; `kill` ends it with SIGKILL. */
export function startFlorin(...words: string[]): { readonly ran: Promise<Ran>; readonly kill: () => void } {
  const [file, ...rest] = programWords(...words);
  const child = spawn(file, rest, { cwd: tmpdir(), env: plainEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ran = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
  return { ran, kill: () => void child.kill('SIGKILL') };
}
