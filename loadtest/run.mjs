// Builds the project, then runs a load test of it: `npm run loadtest -- CASE PROFILE`. Everything else is in driver/.

import { spawnSync } from 'node:child_process';

const built = spawnSync('npm', ['run', 'build', '--silent'], { cwd: new URL('..', import.meta.url), stdio: 'inherit' });
if (built.status !== 0) process.exit(2);
const { main } = await import('../dist/loadtest/driver/main.js');
process.exitCode = await main(process.argv.slice(2));
