// Smoke: does the case work at all? Seconds, at a twentieth of the rate, on any machine.

import type { Profile } from './profile.ts';

export const smoke: Profile = {
  from: 0.05,
  stages: [{ level: 0.05, seconds: 3 }],
  warmUpSeconds: 0,
  p99Ms: 2_000,
  findsLimit: false,
};
