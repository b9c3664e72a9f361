// Loads: what each kind of work sends and how its answers count.
//
// L1. What counts as done is what the result says was done now; anything else is a refusal, which a bench must not have.

import type { Draw } from './draw.ts';
import { readResults, refusalCode } from './answers.ts';
import { batchFrame, singleFrame, type Kind } from './frame-writer.ts';
import type { Measurement } from './measurement.ts';
import { writeTransfer } from './names.ts';
import type { Answered, Load } from './pipeline.ts';

/** One transfer a frame. */
export function singleLoad(draw: Draw, measurement: Measurement): Load {
  const frame = singleFrame();
  return {
    frame,
    more: () => measurement.running(),
    fill: (target, at) => void draw.fill(target, at, frame.transfer),
    answered: (answer) => {
      if (!answer.ok) measurement.refuse(1, refusalCode(answer.bytes, answer.start, answer.end));
      measurement.answered(answer.nowMs, answer.latencyMs, answer.ok ? 1 : 0);
    },
  };
}

/** Results that say that a post was carried out: at once, or its first step. */
export const POSTED = 0;
export const SENT = 5;

/** Batches of `size` tuples, every one a transfer whose result is `posted`. */
export function batchLoad(draw: Draw, measurement: Measurement, size: number, posted: number = POSTED): Load {
  const kinds = Array.from({ length: size }, (): Kind => 'post');
  const frame = batchFrame(kinds);
  return {
    frame,
    more: () => measurement.running(),
    fill: (target, at) => {
      for (const places of frame.transfers) draw.fill(target, at, places);
    },
    answered: (answer) => countBatch(measurement, answer, kinds, posted),
  };
}

/** One batch of holds, sent and answered first: what the first batch of a holding load captures. */
export function firstHolds(draw: Draw, measurement: Measurement, layout: readonly Kind[], holds: number[]): Load {
  const kinds = layout.filter((kind) => kind === 'hold');
  const frame = batchFrame(kinds);
  let sent = false;
  return {
    frame,
    more: () => !sent,
    fill: (target, at) => {
      sent = true;
      for (const places of frame.transfers) holds.push(draw.fill(target, at, places));
    },
    answered: (answer) => countBatch(measurement, answer, kinds),
  };
}

/** Batches of `kinds`; each captures the holds of the batch before, the first one `holds`. */
export function holdingLoad(draw: Draw, measurement: Measurement, kinds: readonly Kind[], holds: number[]): Load {
  const frame = batchFrame(kinds);
  let previous = holds;
  return {
    frame,
    more: () => measurement.running(),
    fill: (target, at) => {
      const current: number[] = [];
      let captured = 0;
      frame.transfers.forEach((places, index) => {
        const number = draw.fill(target, at, places);
        if (kinds[index] === 'hold') current.push(number);
        if (places.refAt >= 0) writeTransfer(previous[captured++] ?? 0, target, at + places.refAt);
      });
      previous = current;
    },
    answered: (answer) => countBatch(measurement, answer, kinds),
  };
}

/** The result that says that a tuple of a kind was carried out now. */
const DONE: Readonly<Record<Kind, number>> = { post: POSTED, hold: 1, capture: 2 };

function countBatch(measurement: Measurement, answer: Answered, kinds: readonly Kind[], posted: number = POSTED): void {
  const { ok, bytes, start, end, nowMs, latencyMs } = answer;
  const results = ok ? readResults(bytes, start, end) : [];
  let done = 0;
  kinds.forEach((kind, index) => {
    if (results[index] === (kind === 'post' ? posted : DONE[kind])) done += 1;
  });
  if (done < kinds.length) {
    const reason = ok ? `results ${[...new Set(results)].join(', ')}` : refusalCode(bytes, start, end);
    measurement.refuse(kinds.length - done, reason);
  }
  measurement.answered(nowMs, latencyMs, done);
}
