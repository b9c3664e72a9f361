// The simulator as a process of its own, from the source, as tests of payments talk to it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

export type SimulatorProcess = {
  readonly url: string;
  readonly port: number;
  readonly seed: number;
  /** Ends it; resolves to its exit code, null after SIGKILL. */
  readonly end: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<number | null>;
};

/**
 * Starts `florin channel-simulator` on a free port; the flags may name another.
 * Whoever starts it ends it. Rejects with what it said when it does not start.
 */
export function startSimulatorProcess(...flags: string[]): Promise<SimulatorProcess> {
  return startSimulatorOf(['--import', 'tsx', `${PROJECT}src/main.ts`], ...flags);
}

/** The same of another program of Node, such as the one that was built, which is there sooner. */
export async function startSimulatorOf(program: readonly string[], ...flags: string[]): Promise<SimulatorProcess> {
  const words = [...program, 'channel-simulator', '--json', '--port', '0', ...flags];
  const child = spawn(process.execPath, words, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>,
    closed.then(([code]) => Promise.reject(new Error(`the simulator ended with ${code}: ${said}`))),
  ]);
  const { url, port, seed } = JSON.parse(line[0]) as Omit<SimulatorProcess, 'end'>;
  const end = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    return (await closed)[0];
  };
  return { url, port, seed, end };
}
