// Loaded into a server under test before anything else: ends its worker threads when it is told to, as a crash would.
// SIGUSR2 ends the one with the number KILLED_THREAD in the order in which they were made, 0 is the first, which books;
// SIGWINCH the last, which reads the books once somebody has asked.

import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const workers = [];
  process.on('worker', (worker) => {
    workers.push(worker);
    worker.once('exit', () => workers.splice(workers.indexOf(worker), 1));
  });
  process.on('SIGUSR2', () => void workers.at(Number(process.env.KILLED_THREAD))?.terminate());
  process.on('SIGWINCH', () => void workers.at(-1)?.terminate());
}
