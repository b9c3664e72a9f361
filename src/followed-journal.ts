// Followed journal. The durable frames of an engine for those that follow it in threads of their own: the last ones from
// memory, all others from the disk.

import type { Engine } from '../actors/engine.ts';
import { RecentFrames } from './journal/recent-frames.ts';
import type { JournalReader } from '../workers/journal-frames.ts';

export function followedJournal(engine: Engine): JournalReader {
  const recent = new RecentFrames();
  engine.onDurable(({ frame, bytes }) => recent.add(frame.seq, bytes));
  return { position: () => engine.position, read: (seq) => recent.read(seq) ?? engine.read(seq) };
}
