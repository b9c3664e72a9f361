// Average: the load of an ordinary day, after a warm-up.

import type { Profile } from './profile.ts';

export const average: Profile = {
  from: 0.2,
  stages: [
    { level: 1, seconds: 5 },
    { level: 1, seconds: 60 },
  ],
  warmUpSeconds: 10,
  p99Ms: 50,
  findsLimit: false,
};
