// Spike: four times as much within a second, for ten; and is it as before afterwards?

import type { Profile } from './profile.ts';

export const spike: Profile = {
  from: 0.5,
  stages: [
    { level: 0.5, seconds: 20 },
    { level: 2, seconds: 1 },
    { level: 2, seconds: 10 },
    { level: 0.5, seconds: 1 },
    { level: 0.5, seconds: 20 },
  ],
  warmUpSeconds: 5,
  p99Ms: 1_000,
  findsLimit: false,
};
