// Stress: twice the load of an ordinary day, and back.

import type { Profile } from './profile.ts';

export const stress: Profile = {
  from: 0.5,
  stages: [
    { level: 1, seconds: 10 },
    { level: 2, seconds: 10 },
    { level: 2, seconds: 60 },
    { level: 0.5, seconds: 10 },
  ],
  warmUpSeconds: 5,
  p99Ms: 250,
  findsLimit: false,
};
