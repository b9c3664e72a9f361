// WebSocket: many transfers a frame. Claims about throughput are made here: a transfer costs the generator 1.5 µs.

import { FrameTemplate } from '../lib/codec.ts';
import { frameLoad, sendFrames } from '../lib/frames.ts';
import { acknowledge, expectedElse } from '../lib/measures.ts';
import { drawTransfer } from '../lib/requests.ts';
import { batchSize } from '../lib/settings.ts';

export { openAccounts as setup } from '../lib/accounts.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = frameLoad();

const template = FrameTemplate.batch(batchSize);
const POSTED = 0;

export function frames(): void {
  /** Minor units of each frame without an answer: the answer has only results. */
  const amounts = new Map<number, number[]>();
  sendFrames({
    rate: 40_000,
    size: batchSize,
    frame: (request, number) => {
      const sent: number[] = [];
      amounts.set(request, sent);
      return template.fill(request, (place) => {
        const transfer = drawTransfer('b', number * batchSize + place, 'uniform');
        sent.push(transfer.amount);
        return transfer;
      });
    },
    answered: ({ results }, request) => {
      const sent = amounts.get(request) ?? [];
      amounts.delete(request);
      let posted = 0;
      let moved = 0;
      for (const [place, result] of (results as number[]).entries()) {
        if (result !== POSTED) expectedElse(`a result of a batch is ${result}`);
        else posted += 1;
        moved += result === POSTED ? (sent[place] ?? 0) : 0;
      }
      acknowledge('posted', moved, posted);
    },
  });
}
