// WebSocket client of an end-to-end test, in JSON. It does not come back after a loss: what was not answered is then
// not known, and that is what the tests are about.

import { once } from 'node:events';
import { WebSocket } from 'ws';

export type Body = Readonly<Record<string, unknown>>;

export type Answer =
  { readonly ok: true; readonly body: Body } | { readonly ok: false; readonly error: { readonly code: string } };

/** What a subscriber hears. */
export type Heard = { readonly event: string; readonly data: Body };

type Incoming = Answer & { readonly id?: number } & Partial<Heard>;

export class Client {
  /** The code it was closed with. */
  readonly closed: Promise<number>;
  /** What it heard of its subscriptions, the oldest first. */
  readonly heard: Heard[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  #nextId = 1;
  #lost = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#take(data.toString()));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        this.#lose();
        resolve(code);
      });
    });
  }

  /** Connects and waits for the greeting. */
  static async open(port: number, key?: string): Promise<Client> {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, ['florin.v1+json'], { headers });
    await once(socket, 'message');
    return new Client(socket);
  }

  /** Requests without an answer. */
  get inFlight(): number {
    return this.#waiting.size;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** The answer; null when the connection ended before it came. */
  request(op: string, body: Body, key?: string): Promise<Answer | null> {
    if (this.#lost) return Promise.resolve(null);
    const id = this.#nextId++;
    this.#socket.send(JSON.stringify({ id, op, body, ...(key === undefined ? {} : { key }) }));
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** The body of the answer. @throws Error when the request is refused or not answered. */
  async ask(op: string, body: Body, key?: string): Promise<Body> {
    const answer = await this.request(op, body, key);
    if (answer?.ok === true) return answer.body;
    throw new Error(`${op} ${JSON.stringify(body)}: ${answer === null ? 'no answer' : answer.error.code}`);
  }

  close(): void {
    this.#socket.terminate();
  }

  #take(text: string): void {
    const incoming: Incoming = JSON.parse(text);
    const { id = 0, event, data } = incoming;
    if (event !== undefined && data) this.heard.push({ event, data });
    this.#waiting.get(id)?.(incoming);
    this.#waiting.delete(id);
  }

  #lose(): void {
    this.#lost = true;
    for (const resolve of this.#waiting.values()) resolve(null);
    this.#waiting.clear();
  }
}
