// WebSocket: one transfer a frame. MessagePack, from a patched template.

import { FrameTemplate } from '../lib/codec.ts';
import { frameLoad, sendFrames } from '../lib/frames.ts';
import { acknowledge, expectedElse } from '../lib/measures.ts';
import { drawTransfer } from '../lib/requests.ts';

export { openAccounts as setup } from '../lib/accounts.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = frameLoad();

const template = FrameTemplate.single();

export function frames(): void {
  sendFrames({
    rate: 4_000,
    size: 1,
    frame: (request, number) => template.fill(request, () => drawTransfer('w', number, 'uniform')),
    answered: ({ status, amount }) => {
      if (status === 'posted') acknowledge('posted', Number(amount));
      else expectedElse(`a transfer is ${JSON.stringify(status)}`);
    },
  });
}
