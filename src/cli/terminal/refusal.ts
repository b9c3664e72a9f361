// Refusal. What a server did not do, in a line for a terminal.

import type { Problem } from '../../gateway/problem.ts';

/** `text`: the body of an answer with this status, a problem document if it is one of ours. */
export function refusalIn(text: string, status: number): string {
  try {
    const { code, detail } = JSON.parse(text) as Problem;
    return `${code}: ${detail}`;
  } catch {
    return `${status}: ${text.trim()}`;
  }
}
