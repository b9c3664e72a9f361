// Turn. The end of the current turn of the event loop: everything that was asked in it is there by then.

/** `run` is called once, after all promises of this turn. */
export type AtTurnEnd = (run: () => void) => void;

/** Node has a phase for it; browsers deliver a message to themselves, which unlike their timers does not wait. */
export function turnEnd(): AtTurnEnd {
  if (typeof setImmediate === 'function') return (run) => void setImmediate(run);
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.addEventListener('message', () => waiting.shift()?.());
  port1.start();
  return (run) => {
    waiting.push(run);
    port2.postMessage(null);
  };
}
