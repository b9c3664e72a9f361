// Generator process: opens the accounts, runs one workload against a server and tells its parent what it measured. A
// process of its own, so that its processor time is known and its pauses are not the server's.

import { Draw } from './draw.ts';
import { runHttpLoad } from './http-load.ts';
import { holdingKinds } from './holding.ts';
import { batchLoad, firstHolds, holdingLoad, POSTED, SENT, singleLoad } from './loads.ts';
import { Measurement, type Measured } from './measurement.ts';
import { accountName } from './names.ts';
import { openAccounts } from './open-accounts.ts';
import { runPipeline, type Load } from './pipeline.ts';
import { Random } from './random.ts';
import { LoadSocket, type Hello } from './web-socket.ts';
import type { Workload } from './workloads.ts';

export type Job = {
  readonly workload: Workload;
  readonly host: string;
  readonly port: number;
  readonly serverPid: number;
  /** Discarded seconds, in which both sides compile their code. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly seed: number;
};

/** What the generator sends to its parent. */
export type Report =
  | { readonly kind: 'opened'; readonly accounts: number }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'failed'; readonly message: string };

/** Accounts between two reports of progress. */
const PROGRESS_STEP = 10_000;

/** Runs a job; `opened` gets how many accounts are open. */
export async function generate(job: Job, opened: (accounts: number) => void): Promise<Measured> {
  const { workload, host, port } = job;
  const { socket, hello } = await LoadSocket.open(host, port);
  try {
    await openAccounts(socket, hello.credit, workload.accounts, (count) => {
      if (count % PROGRESS_STEP === 0) opened(count);
    });
    if (workload.crediting) await ruleFirstAccount(job, workload.crediting);
    const draw = new Draw(new Random(job.seed), workload.accounts, workload.debits);
    const measurement = new Measurement({ ...job, nowMs: performance.now() });
    if (workload.way === 'http') await runHttpLoad({ host, port, connections: workload.window, draw, measurement });
    else await runOverSocket(socket, hello, workload, draw, measurement);
    return measurement.result();
  } finally {
    socket.end();
  }
}

/** Account 0 is the one that all the others pay. */
async function ruleFirstAccount({ host, port }: Job, crediting: object): Promise<void> {
  const answer = await fetch(`http://${host}:${port}/v1/accounts/${accountName(0)}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ crediting }),
  });
  if (!answer.ok) throw new Error(`the rule of crediting was refused: ${await answer.text()}`);
}

type SocketWorkload = Exclude<Workload, { way: 'http' }>;

async function runOverSocket(
  socket: LoadSocket,
  { credit, max_batch: batchMax }: Hello,
  workload: SocketWorkload,
  draw: Draw,
  measurement: Measurement,
): Promise<void> {
  const window = workload.window;
  if (window > credit) throw new Error(`${window} requests in flight, the server takes ${credit}`);
  const run = (load: Load, slots: number): Promise<void> => runPipeline(socket, slots, load);
  if (workload.way === 'frames') return run(singleLoad(draw, measurement), window);
  if (workload.size > batchMax) throw new Error(`batches of ${workload.size}, the server takes ${batchMax}`);
  const posted = workload.crediting?.way === 'segmented' ? SENT : POSTED;
  if (!workload.held) return run(batchLoad(draw, measurement, workload.size, posted), window);
  const kinds = holdingKinds(workload.size);
  const holds: number[] = [];
  await run(firstHolds(draw, measurement, kinds, holds), 1);
  return run(holdingLoad(draw, measurement, kinds, holds), window);
}

function tell(report: Report): void {
  process.send?.(report);
}

// Only when forked: a test imports `generate`.
if (process.send !== undefined && process.argv[2] === 'generate') {
  process.once('message', (job: Job) => {
    generate(job, (accounts) => tell({ kind: 'opened', accounts }))
      .then((measured) => tell({ kind: 'measured', measured }))
      .catch((error: unknown) =>
        tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => process.disconnect());
  });
}
