// LMDB promises. One failed commit rejects several promises: that of the transaction, those of the writes in it, and one
// hidden in the error. The first is awaited; an unhandled one of the others would end the process before it could say
// why.

/** For a write inside a transaction or condition whose own promise is awaited. */
export function quietly(write: Promise<unknown>): void {
  write.catch(hushCommit);
}

/** `error`: of a rejected write; the reason of the failed commit may hang on it as a promise. */
export function hushCommit(error: unknown): void {
  const { commitError } = error as { commitError?: unknown };
  if (commitError instanceof Promise) commitError.catch(() => {});
}

/**
 * True for the rejection of a promise that lmdb keeps to itself when a transaction fails: nobody can await it, and whoever
 * awaits the transaction hears of the failure by its own promise. Left alone it would end the process.
 */
export function isEchoOfCommit(reason: unknown): boolean {
  if (!(reason instanceof Error) || !('commitError' in reason)) return false;
  hushCommit(reason);
  return true;
}
