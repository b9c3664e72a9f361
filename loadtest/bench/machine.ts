// The machine of a measurement, in the words of the results.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the project, from the sources as well as from what is built of them. */
export function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('no package.json above the bench');
    folder = dirname(folder);
  }
  return folder;
}

/** Cores, processor, memory, Node. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const gibibytes = (totalmem() / 2 ** 30).toFixed(1);
  return `${availableParallelism()} cores of ${model}, ${gibibytes} GiB memory, Node ${process.versions.node}`;
}

/** The commit measured, with a "+" where sources differ from it; undefined outside of a repository or without git. */
export function commit(): string | undefined {
  try {
    const head = git('rev-parse', '--short', 'HEAD').trim();
    const changed = git('status', '--porcelain', '--', 'src', 'actors', 'workers', 'loadtest').split('\n');
    return changed.some((line) => line !== '' && !line.endsWith('.md')) ? `${head}+` : head;
  } catch {
    return undefined;
  }
}

function git(...words: string[]): string {
  return execFileSync('git', words, { cwd: projectFolder(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
