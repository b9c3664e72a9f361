// Breakpoint: more and more, until answers are late or requests cannot be sent in time.

import type { Profile } from './profile.ts';

export const breakpoint: Profile = {
  from: 0.25,
  stages: [{ level: 8, seconds: 120 }],
  warmUpSeconds: 5,
  p99Ms: 250,
  findsLimit: true,
};
