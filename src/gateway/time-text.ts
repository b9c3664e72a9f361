// Time text. Times as clients are told them.

let lastTimeMs = -1;
let lastText = '';

/** RFC 3339 in UTC with milliseconds. The last one is kept: all facts of a frame have the same time. */
export function timeText(timeMs: number): string {
  if (timeMs !== lastTimeMs) {
    lastText = new Date(timeMs).toISOString();
    lastTimeMs = timeMs;
  }
  return lastText;
}
