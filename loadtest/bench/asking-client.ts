// Asking client: requests of any sort over one WebSocket, one a frame, each answered by a promise. It costs the generator
// some ten microseconds a request, for loads of tens of thousands a second; the pipeline is for more.

import { pack, unpack } from 'msgpackr';
import { LoadSocket } from './web-socket.ts';

type Answer = {
  readonly id: number;
  readonly ok: boolean;
  readonly body: { readonly id: string; readonly status: string };
};

export class AskingClient {
  readonly #socket: LoadSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #outgoing: Buffer[] = [];
  #nextId = 1;

  private constructor(socket: LoadSocket) {
    this.#socket = socket;
    socket.listen({
      receive: (bytes, start, end) => this.#take(unpack(bytes.subarray(start, end)) as Answer),
      readDone: () => this.#flush(),
      failed: (error) => {
        throw error;
      },
    });
  }

  /** `bearer`: an API key; '' in dev mode. */
  static async open(host: string, port: number, bearer = ''): Promise<AskingClient> {
    const { socket } = await LoadSocket.open(host, port, bearer);
    return new AskingClient(socket);
  }

  end(): void {
    this.#socket.end();
  }

  /** @throws Error when the request is refused */
  async ask(op: string, body: object, key?: string): Promise<Answer['body']> {
    const id = this.#nextId++;
    const answer = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    if (this.#outgoing.push(frameOf({ id, op, body, ...(key === undefined ? {} : { key }) })) === 1) {
      setImmediate(() => this.#flush());
    }
    const { ok, body: said, ...rest } = await answer;
    if (!ok) throw new Error(`${op}: ${JSON.stringify(rest)}`);
    return said;
  }

  #take(answer: Answer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }

  #flush(): void {
    if (this.#outgoing.length === 0) return;
    this.#socket.write(Buffer.concat(this.#outgoing));
    this.#outgoing = [];
  }
}

/** One binary frame of a client, RFC 6455, with a mask of zeros. */
function frameOf(message: object): Buffer {
  const payload = pack(message);
  const head = Buffer.alloc(payload.length < 126 ? 6 : 8);
  head[0] = 0x82;
  if (payload.length < 126) {
    head[1] = 0x80 | payload.length;
  } else {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, payload]);
}
