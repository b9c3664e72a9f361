// Keys elsewhere. The key store of a data folder, used by a process of its own, as the command line does while a server
// runs.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const SOURCE = new URL('../../src/gateway/keys.ts', import.meta.url).href;

/** Runs `body`, which sees the store as `keys`; resolves with what it printed, when the process has ended. */
export async function keysElsewhere(folder: string, body: string): Promise<string> {
  const script = `import { openKeys } from ${JSON.stringify(SOURCE)};
    const keys = openKeys(${JSON.stringify(folder)});
    ${body}
    await keys.close();`;
  const flags = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  return stdout.trim();
}
