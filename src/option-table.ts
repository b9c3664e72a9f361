// Option table. Every option of `florin start`, once.
//
// O2. Every number has a range and a unit, every option a reason. O3. A secret has no flag: every user of the machine can read
// another's command line.

type About = {
  /** What the value counts or names. */
  readonly unit: string;
  /** Why one would change it, or what the limit protects. One line. */
  readonly reason: string;
  /** Never shown, and not taken from the command line. */
  readonly secret?: boolean;
};

export type Option = About &
  (
    | { readonly type: 'text'; readonly default: string }
    /** '' for none. */
    | { readonly type: 'file'; readonly default: '' }
    | { readonly type: 'integer'; readonly default: number; readonly min: number; readonly max: number }
    | { readonly type: 'time'; readonly default: string }
    | { readonly type: 'choice'; readonly default: string; readonly choices: readonly string[] }
    | { readonly type: 'origins'; readonly default: readonly string[] }
    | { readonly type: 'assets'; readonly default: readonly string[] }
    | { readonly type: 'networks'; readonly default: readonly string[] }
  );

export const options = {
  host: { type: 'text', default: '127.0.0.1', unit: 'address', reason: 'Where clients connect.' },
  port: { type: 'integer', default: 8080, min: 0, max: 65_535, unit: 'port', reason: 'The API; 0 takes a free one.' },
  opsHost: {
    type: 'text',
    default: '127.0.0.1',
    unit: 'address',
    reason: 'Metrics, health and console: kept apart from the API so that they can stay private.',
  },
  opsPort: {
    type: 'integer',
    default: 9090,
    min: 0,
    max: 65_535,
    unit: 'port',
    reason: 'The port of metrics, health and console; 0 takes a free one.',
  },
  consoleActions: {
    type: 'choice',
    default: 'off',
    choices: ['on', 'off'],
    unit: 'switch',
    reason: 'Whether the page at /console offers to turn switches and to decide cases; off it only shows.',
  },
  data: {
    type: 'text',
    default: './florin-data',
    unit: 'folder',
    reason: 'Journal, snapshots, books and keys; relative to the working directory.',
  },
  transport: {
    type: 'choice',
    default: 'auto',
    choices: ['auto', 'uws', 'node'],
    unit: 'transport',
    reason: 'What carries WebSockets: auto takes uWebSockets.js where its native build loads, else ws (node).',
  },
  logLevel: {
    type: 'choice',
    default: 'info',
    choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    unit: 'level',
    reason: 'The least serious log line that is written.',
  },
  webSocketCredit: {
    type: 'integer',
    default: 2_048,
    min: 1,
    max: 1_000_000,
    unit: 'requests per connection',
    reason: 'Requests in flight on one WebSocket; one client cannot fill the queue of all.',
  },
  batchMax: {
    type: 'integer',
    default: 10_000,
    min: 1,
    max: 10_000,
    unit: 'transfers',
    reason: 'Transfers in a batch; a longer one would make all others wait for its turn.',
  },
  bodyBytesMax: {
    type: 'integer',
    default: 1_048_576,
    min: 1_024,
    max: 67_108_864,
    unit: 'bytes',
    reason: 'An HTTP body or a WebSocket message; a body is held in memory as a whole.',
  },
  batchBytesMax: {
    type: 'integer',
    default: 4_194_304,
    min: 1_024,
    max: 67_108_864,
    unit: 'bytes',
    reason: 'The body of a batch: 10,000 transfers with long ids fit.',
  },
  backlogBytesMax: {
    type: 'integer',
    default: 8_388_608,
    min: 65_536,
    max: 1_073_741_824,
    unit: 'bytes per socket',
    reason: 'Answers that a slow reader has not taken; above it the socket is closed.',
  },
  inFlightMax: {
    type: 'integer',
    default: 100_000,
    min: 1,
    max: 10_000_000,
    unit: 'transfers',
    reason: 'Work accepted and not yet answered; above it 503, because a longer queue helps nobody.',
  },
  sideRunningMax: {
    type: 'integer',
    default: 8,
    min: 1,
    max: 10_000,
    unit: 'requests',
    reason: "Lists, trees, pages of events and webhook settings at once: they share the engine's thread with payments.",
  },
  sideWaitingMax: {
    type: 'integer',
    default: 256,
    min: 0,
    max: 100_000,
    unit: 'requests',
    reason: 'Those that wait for a place; the next is refused at once, with a time to come again.',
  },
  booksReadingMax: {
    type: 'integer',
    default: 8,
    min: 1,
    max: 10_000,
    unit: 'requests',
    reason: 'Statements, reports and exports at once: one thread reads the books, the others wait for it.',
  },
  booksWaitingMax: {
    type: 'integer',
    default: 256,
    min: 0,
    max: 100_000,
    unit: 'requests',
    reason: 'Those that wait for a place; the next is refused at once, with a time to come again.',
  },
  residentAccountsMax: {
    type: 'integer',
    default: 1_000_000,
    min: 1,
    max: 50_000_000,
    unit: 'accounts',
    reason: 'Accounts kept in memory; idle ones beyond it are put to rest.',
  },
  residentHoldsMax: {
    type: 'integer',
    default: 100_000,
    min: 1,
    max: 50_000_000,
    unit: 'holds',
    reason: 'Open holds kept in memory; the oldest ones beyond it are put to rest.',
  },
  snapshotFacts: {
    type: 'integer',
    default: 4_000_000,
    min: 1,
    max: 1_000_000_000,
    unit: 'facts',
    reason: 'Facts between snapshots: more of them cost a longer restart, fewer cost writing.',
  },
  books: {
    type: 'choice',
    default: 'on',
    choices: ['on', 'off'],
    unit: 'switch',
    reason: 'Double entry in worker threads. Off: payments as ever, no statements; what is missed is booked later.',
  },
  booksWorkers: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 16,
    unit: 'threads',
    reason: 'Threads that keep the books; one keeps up with one engine, more help where cores are idle.',
  },
  booksLagMax: {
    type: 'integer',
    default: 100_000_000,
    min: 1,
    max: 1_000_000_000_000,
    unit: 'facts',
    reason: 'Facts by which the books may trail; beyond it new work is refused, or they would never catch up.',
  },
  reconciliation: {
    type: 'choice',
    default: 'on',
    choices: ['on', 'off'],
    unit: 'switch',
    reason:
      'A thread that checks orders, vouchers, books and balances against each other. Off: it does so when it is on again.',
  },
  reconciliationWindowSeconds: {
    type: 'integer',
    default: 60,
    min: 1,
    max: 86_400,
    unit: 'seconds',
    reason: 'By when a voucher has to be in the books: twenty times as long as they take under full load.',
  },
  reconciliationRules: {
    type: 'file',
    default: '',
    unit: 'path',
    reason: 'Rules by which bills and statements are matched. Without: by number, to the minor unit.',
  },
  breachStopsOutflow: {
    type: 'choice',
    default: 'off',
    choices: ['on', 'off'],
    unit: 'switch',
    reason:
      'A breach of the books stops withdrawals and refunds of its product until two people have resolved the case.',
  },
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
  holdExpiryDefaultSeconds: {
    type: 'integer',
    default: 604_800,
    min: 1,
    max: 315_360_000,
    unit: 'seconds',
    reason: 'Life of a hold that names none: 7 days, as card authorisations have.',
  },
  dayCut: {
    type: 'time',
    default: '00:00',
    unit: 'HH:MM UTC',
    reason: 'End of the accounting day: what comes at 18:00 or later is dated the next day; 00:00 keeps the calendar.',
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
  assets: {
    type: 'assets',
    default: [],
    unit: 'CODE:digits',
    reason: 'Units of account beside ISO 4217, like POINTS:0.',
  },
  eventRetentionHours: {
    type: 'integer',
    default: 168,
    min: 1,
    max: 87_600,
    unit: 'hours',
    reason: 'How long a subscriber may stay away and still resume: a week.',
  },
  originsAllowed: {
    type: 'origins',
    default: [],
    unit: 'origins',
    reason: 'Web pages that may open a WebSocket, comma separated; none by default.',
  },
  webSocketsPerKeyMax: {
    type: 'integer',
    default: 1_000,
    min: 1,
    max: 1_000_000,
    unit: 'sockets per key',
    reason: 'Open WebSockets of one API key; a client that leaks them hurts only itself.',
  },
  webhooksAllowPrivate: {
    type: 'networks',
    default: [],
    unit: 'networks',
    reason: 'Networks, as CIDR, that webhooks may reach although they are not public: for tests. Allows http as well.',
  },
} as const satisfies Record<string, Option>;
