// Import table. What a folder may import; what is not in it is not allowed. A new folder, or a new file beside the folders,
// needs a row.

export type Rule = {
  /** Rows of this table, or single files; 'types:' before one allows its types only. The folder itself always. */
  readonly imports: readonly string[];
  /** 'node:*' is every module of Node. */
  readonly packages: readonly string[];
};

export const RULES: Readonly<Record<string, Rule>> = {
  // Decides; knows no clock, no chance, no disk and nobody else.
  'src/domain': { imports: [], packages: [] },
  'src/journal': { imports: ['src/domain'], packages: ['@node-rs/crc32', 'lmdb', 'msgpackr', 'node:*'] },
  // What is booked, where it lies and how it is read.
  'src/ledger': { imports: ['src/domain', 'src/journal'], packages: ['@node-rs/crc32', 'lmdb', 'node:*'] },
  // What the log can say, and of whom; nothing else knows pino.
  'src/log': { imports: ['src/domain'], packages: ['pino'] },
  // Says what must never be, by rules of its own: it shares names with the domain, and no arithmetic.
  'src/reconciliation/watch': { imports: ['types:src/domain'], packages: [] },
  // Follows journal and books, and keeps what channels owe.
  'src/reconciliation': {
    imports: ['src/domain', 'src/journal', 'src/ledger', 'src/reconciliation/watch'],
    packages: ['lmdb', 'msgpackr', 'saxes', 'node:*'],
  },
  // The threads that keep the books and that check them, and who feeds them.
  workers: {
    imports: [
      'src/domain',
      'src/journal',
      'src/ledger',
      'src/reconciliation',
      'src/reconciliation/watch',
      'src/currency-table.ts',
    ],
    packages: ['piscina', 'node:*'],
  },
  // Whose turn it is; knows that messages have a context, and of nact's inside only what tree.ts needs.
  'actors/runtime': {
    imports: ['types:src/domain/context.ts', 'types:actors/partition.ts', 'types:actors/visits.ts'],
    packages: ['nact'],
  },
  actors: {
    imports: ['src/domain', 'src/journal', 'src/log/log-line.ts', 'actors/runtime'],
    packages: ['node:crypto'],
  },
  'src/ops': {
    imports: [
      'types:actors',
      'types:workers',
      'types:src/webhooks',
      'src/redis',
      'src/channels',
      'types:src/reconciliation',
      'src/reconciliation/watch',
      'src/reconciliation',
      'src/domain',
    ],
    packages: ['node:*'],
  },
  // Brings events to whoever wants them by HTTP; knows the engine only by the feed that it is given.
  'src/webhooks': {
    imports: ['src/domain', 'src/journal/lmdb-promise.ts'],
    packages: ['ipaddr.js', 'lmdb', 'standardwebhooks', 'undici', 'node:*'],
  },
  // Copies events to a Redis; knows the engine only by the feed that it is given.
  'src/redis': { imports: ['src/domain', 'src/webhooks'], packages: ['ioredis', 'node:*'] },
  'src/gateway': {
    imports: ['src/domain', 'src/ledger', 'src/log/log-line.ts', 'actors', 'workers', 'src/webhooks', 'src/ops', 'src/reconciliation', 'src/csv.ts'], // prettier-ignore
    packages: ['lmdb', 'msgpackr', 'typebox', 'uWebSockets.js', 'uWebSockets.js-current', 'ws', 'node:*'],
  },
  // The page of operators: what of all that is shown each second, and the files that a browser gets.
  'src/console': { imports: ['types:actors', 'src/gateway', 'src/ops'], packages: ['node:*'] },
  // What runs in a browser; the types of what it is served of two packages.
  'src/console/page': { imports: [], packages: ['htm', 'uplot'] },
  // The outside: providers behind one port, and what keeps each of them from holding up the others.
  'src/channels': { imports: ['src/domain', 'src/log/log-line.ts'], packages: ['stripe', 'undici', 'node:*'] },
  // A provider to try them with: a process of its own.
  'src/channels/simulator': { imports: ['src/domain', 'src/channels', 'src/csv.ts'], packages: ['node:*'] },
  // What applications use: it shares types with the domain, and nothing with the server.
  'src/client': { imports: ['types:src/domain'], packages: ['msgpackr'] },
  // The one file of it that is for Node alone.
  'src/client/node.ts': { imports: ['src/client'], packages: ['ws'] },
  'src/option.ts': { imports: [], packages: [] },
  'src/outward-options.ts': { imports: ['src/option.ts'], packages: [] },
  'src/option-table.ts': { imports: ['src/option.ts', 'src/outward-options.ts'], packages: [] },
  'src/options.ts': { imports: ['src/option.ts', 'src/option-table.ts'], packages: [] },
  'src/config.ts': {
    imports: ['src/options.ts', 'src/option-table.ts'],
    packages: ['commander', 'fastest-levenshtein', 'node:*'],
  },
  'src/csv.ts': { imports: [], packages: [] },
  'src/clock.ts': { imports: [], packages: ['node:*'] },
  'src/currency-table.ts': { imports: ['src/domain'], packages: ['currency-codes'] },
  // Puts the parts together.
  'src/open-books.ts': {
    imports: ['actors', 'workers', 'src/journal', 'src/ledger', 'src/log/log-line.ts'],
    packages: ['node:*'],
  },
  'src/open-webhooks.ts': {
    imports: ['actors', 'src/gateway', 'src/webhooks', 'src/clock.ts', 'src/log/log-line.ts'],
    packages: ['node:*'],
  },
  'src/open-console.ts': {
    imports: ['types:actors', 'src/console', 'src/ops', 'src/clock.ts'],
    packages: ['node:*'],
  },
  'src/open-redis.ts': {
    imports: ['actors', 'src/gateway', 'src/ops', 'src/redis', 'src/clock.ts', 'src/log/log-line.ts'],
    packages: ['node:*'],
  },
  'src/followed-journal.ts': { imports: ['types:actors', 'types:workers', 'src/journal'], packages: [] },
  'src/open-runs.ts': {
    imports: ['src/domain', 'actors', 'actors/orders', 'workers', 'src/channels', 'src/gateway', 'src/reconciliation', 'src/clock.ts', 'src/log/log-line.ts', 'src/open-payments.ts'], // prettier-ignore
    packages: ['node:*'],
  },
  'src/open-reconciler.ts': {
    imports: ['src/domain', 'actors', 'actors/orders', 'workers', 'src/ledger', 'src/reconciliation', 'src/log/log-line.ts'], // prettier-ignore
    packages: ['node:*'],
  },
  'src/channel-desk.ts': {
    imports: ['src/domain', 'src/log/log-line.ts', 'actors', 'actors/orders', 'src/channels'],
    packages: ['node:*'],
  },
  'src/open-payments.ts': {
    imports: ['src/domain', 'actors', 'src/channels', 'src/gateway', 'src/clock.ts', 'src/channel-desk.ts', 'src/log/log-line.ts'], // prettier-ignore
    packages: ['node:*'],
  },
  'src/open-non-core.ts': {
    imports: ['actors', 'workers', 'src/gateway', 'src/ops', 'src/clock.ts'],
    packages: [],
  },
  'src/open-engine.ts': {
    imports: ['src/domain', 'src/journal', 'actors', 'src/config.ts', 'src/clock.ts', 'src/log/log-line.ts'],
    packages: ['node:*'],
  },
  'src/open-gateway.ts': {
    imports: [
      'types:actors',
      'src/gateway',
      'src/ops',
      'src/config.ts',
      'src/clock.ts',
      'src/currency-table.ts',
      'src/open-non-core.ts',
      'src/open-shadow.ts',
      'src/log/log-line.ts',
    ],
    packages: [],
  },
  'src/open-shadow.ts': {
    imports: [
      'src/domain',
      'src/ops',
      'src/gateway',
      'src/channels',
      'actors',
      'workers',
      'src/config.ts',
      'src/clock.ts',
      'src/channel-desk.ts',
      'src/followed-journal.ts',
      'src/open-books.ts',
      'src/open-engine.ts',
      'src/open-payments.ts',
      'src/log/log-line.ts',
    ],
    packages: ['node:*'],
  },
  'src/server.ts': {
    imports: [
      'src/open-engine.ts',
      'src/open-gateway.ts',
      'src/open-payments.ts',
      'src/open-shadow.ts',
      'src/domain',
      'src/journal',
      'src/ledger',
      'actors',
      'workers',
      'src/gateway',
      'src/ops',
      'src/config.ts',
      'src/clock.ts',
      'src/followed-journal.ts',
      'src/open-books.ts',
      'src/open-console.ts',
      'src/open-reconciler.ts',
      'src/open-runs.ts',
      'src/open-webhooks.ts',
      'src/open-redis.ts',
      'src/log/log-line.ts',
    ],
    packages: ['node:*'],
  },
  'src/cli': {
    imports: [
      'src/domain',
      'src/journal',
      'src/ledger',
      'actors',
      'workers',
      'src/gateway',
      'src/channels',
      'src/channels/simulator',
      'src/ops',
      'src/redis',
      'src/options.ts',
      'src/csv.ts',
      'src/config.ts',
      'src/clock.ts',
      'src/currency-table.ts',
      'src/server.ts',
      'src/log',
      'loadtest/bench',
      'src/client',
      'src/client/node.ts',
    ],
    packages: [
      'cli-progress',
      'cli-table3',
      'commander',
      'fastest-levenshtein',
      'msgpackr',
      'picocolors',
      'typebox',
      'ws',
      'node:*',
    ],
  },
  'src/main.ts': { imports: ['src/cli', 'src/server.ts'], packages: ['commander', 'node:*'] },
  'loadtest/bench': {
    imports: ['src/client/node.ts', 'src/domain', 'src/journal', 'src/gateway/keys.ts', 'actors', 'actors/runtime', 'workers', 'src/reconciliation', 'src/cli'], // prettier-ignore
    packages: ['msgpackr', 'nact', 'typebox', 'ws', 'node:*'],
  },
  // Runs in k6, which has modules of its own and none of Node.
  'loadtest/profiles': { imports: [], packages: [] },
  'loadtest/lib': { imports: ['loadtest/profiles'], packages: ['k6'] },
  'loadtest/cases': { imports: ['loadtest/lib'], packages: ['k6'] },
  // Starts server and generator, watches both and checks afterwards.
  'loadtest/driver': {
    imports: ['loadtest/bench', 'src/gateway/keys.ts', 'src/journal'],
    packages: ['node:*'],
  },
};
