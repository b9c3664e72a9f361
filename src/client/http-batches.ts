// HTTP batches. Batches over HTTP, for clients that were told to use no WebSocket: one after the other, so that they take
// effect in the order of asking; while one is on the way, transfers gather for the next.

import type { Call } from './call.ts';
import type { Http } from './http.ts';
import { placeOf } from './routes.ts';
import type { AtTurnEnd } from './turn.ts';

export class HttpBatches {
  readonly hello = null;
  readonly #http: Pick<Http, 'ask'>;
  readonly #atTurnEnd: AtTurnEnd;
  #waiting: Call[] = [];
  #busy = false;

  constructor(http: Pick<Http, 'ask'>, atTurnEnd: AtTurnEnd) {
    this.#http = http;
    this.#atTurnEnd = atTurnEnd;
  }

  get last(): Call | undefined {
    return this.#waiting.at(-1);
  }

  ask(call: Call): void {
    this.#waiting.push(call);
    if (this.#busy) return;
    this.#busy = true;
    this.#atTurnEnd(() => void this.#send());
  }

  async #send(): Promise<void> {
    for (let call = this.#waiting.shift(); call; call = this.#waiting.shift()) {
      call.sent = true;
      await this.#http.ask(call, placeOf('transfers.batch', call.request.body));
    }
    this.#busy = false;
  }
}
