// Degradation: each dependency is taken from a real server in turn, and what the server does is what the table says. A row of
// the table without a trial does not compile.

import { expect, test } from 'vitest';
import { DEPENDENCIES, type Dependency, type DependencyName } from '../../src/ops/dependencies.ts';
import { OUTAGES } from './support/outages.ts';

const NAMES = Object.keys(DEPENDENCIES) as DependencyName[];

test.each(NAMES)('without %s', { timeout: 180_000 }, async (name) => {
  const outage = OUTAGES[name];
  if (!outage) return console.warn(`Skipped, as strace or redis-server is not here: ${name}.`);
  const { core, told, recoveryMs }: Dependency = DEPENDENCIES[name];
  const seen = await outage();
  expect({ core: seen.core, told: seen.told }).toEqual({ core, told });
  expect(seen.recoveredMs).toBeLessThanOrEqual(recoveryMs);
  console.info(`${name}: payments ${core}, told ${told ?? 'nothing'}, back after ${Math.round(seen.recoveredMs)} ms`);
});

test('only what nothing can be acknowledged without is strong', () => {
  const strong = NAMES.filter((name) => DEPENDENCIES[name].strength === 'strong');
  expect(strong).toEqual(['journal_disk', 'state_store']);
  for (const name of NAMES) expect(DEPENDENCIES[name].core === 'stops').toBe(strong.includes(name));
});
