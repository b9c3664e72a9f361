// The profiles by their names.

import { average } from './average.ts';
import { breakpoint } from './breakpoint.ts';
import type { Profile } from './profile.ts';
import { smoke } from './smoke.ts';
import { soak } from './soak.ts';
import { spike } from './spike.ts';
import { stress } from './stress.ts';

export const PROFILES: Readonly<Record<string, Profile>> = { smoke, average, stress, spike, soak, breakpoint };
