// Outward options. Those of the option table that are about others: channels, Redis, webhooks, stress traffic, and the rules.

import type { Option } from './option.ts';

export const outwardOptions = {
  shadow: {
    type: 'choice',
    default: 'off',
    choices: ['on', 'off'],
    unit: 'switch',
    reason: 'Stress traffic: requests under a key for it go through an engine with stores of its own, on this machine.',
  },
  shadowChannels: {
    type: 'file',
    default: '',
    unit: 'path',
    reason:
      'Channels of stress traffic, as in --channels: simulators only. Without one none, or as without --channels.',
  },
  rules: {
    type: 'file',
    default: '',
    unit: 'path',
    reason: 'Rules and products of payments, JSON; without one the defaults. SIGHUP reads it again.',
  },
  channels: {
    type: 'file',
    default: '',
    unit: 'path',
    reason: 'Payment channels, JSON; without one none, in dev mode a channel simulator on this machine.',
  },
  redis: {
    type: 'redis',
    default: '',
    unit: 'URL',
    reason: 'A Redis that gets every event in a stream, as redis://host:6379 or rediss://; without one none does.',
  },
  redisPasswordFile: {
    type: 'file',
    default: '',
    unit: 'path',
    reason: "A file with the Redis' password: command lines and variables are seen by others.",
  },
  redisStream: {
    type: 'text',
    default: 'florin:events',
    unit: 'key',
    reason: 'The stream; each server needs its own.',
  },
  redisLengthMax: {
    type: 'integer',
    default: 100_000,
    min: 1,
    max: 1_000_000_000,
    unit: 'events',
    reason: 'Kept in the stream, about, in the memory of the Redis; older ones stay readable over HTTP.',
  },
  webhooksAllowPrivate: {
    type: 'networks',
    default: [],
    unit: 'networks',
    reason: 'Networks, as CIDR, that webhooks may reach although they are not public: for tests. Allows http as well.',
  },
} as const satisfies Record<string, Option>;
