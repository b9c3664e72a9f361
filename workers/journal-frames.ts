// Frames of the journal on their way to a thread that follows it.

/** What a lane needs of the journal. */
export type JournalReader = { readonly position: () => number; readonly read: (seq: number) => Uint8Array | null };

/** Frames from `seq` on, up to the journal's end or `bytesMax` bytes, in memory that can be handed over. At least one if there is one. */
export function takeFrames(journal: JournalReader, seq: number, bytesMax: number): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const position = journal.position();
  for (let next = seq, bytes = 0; next <= position && bytes < bytesMax; next++) {
    const frame = journal.read(next);
    if (!frame) throw new Error(`journal has no frame ${next}`);
    frames.push(ownMemory(frame));
    bytes += frame.length;
  }
  return frames;
}

/** What of a task changes hands instead of being copied. */
export function memoryOf(frames: readonly Uint8Array[]): ArrayBuffer[] {
  return frames.map(({ buffer }) => buffer as ArrayBuffer);
}

/** The bytes in memory of their own, so that they can be handed to another thread. */
function ownMemory(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
