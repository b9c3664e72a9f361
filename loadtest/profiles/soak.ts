// Soak: half the load of an ordinary day for twenty minutes: snapshots, growing files, leaks.

import type { Profile } from './profile.ts';

export const soak: Profile = {
  from: 0.1,
  stages: [
    { level: 0.5, seconds: 10 },
    { level: 0.5, seconds: 1_200 },
  ],
  warmUpSeconds: 15,
  p99Ms: 50,
  findsLimit: false,
};
