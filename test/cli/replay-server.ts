// A server small enough to trust: accounts, transfers by id and credit limits as the contract says, over one WebSocket.
// It loses connections and refuses for load on demand, which a healthy server never does when a test wants it.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Packr } from 'msgpackr';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { WebSocketServer, type WebSocket } from 'ws';

const packr = new Packr({ useRecords: false });

const Tuple = Type.Tuple([Type.String(), Type.String(), Type.String(), Type.Integer()]);
const Request = Type.Union([
  Type.Object({
    id: Type.Integer(),
    op: Type.Literal('accounts.create'),
    body: Type.Object({
      id: Type.String(),
      currency: Type.Literal('CZK'),
      kind: Type.String(),
      credit_limit: Type.Union([Type.Integer(), Type.Literal('unlimited')]),
    }),
  }),
  Type.Object({ id: Type.Integer(), op: Type.Literal('accounts.get'), body: Type.Object({ id: Type.String() }) }),
  Type.Object({
    id: Type.Integer(),
    op: Type.Literal('transfers.batch'),
    body: Type.Object({ transfers: Type.Array(Tuple) }),
  }),
]);
const request = Compile(Request);

/** What befalls a batch: the connection is cut before it is carried out, or after it; or it is refused for load. */
export type Misfortune = 'cut_before' | 'cut_after' | 'overloaded';

export type FakeOptions = {
  readonly credit?: number;
  readonly maxBatch?: number;
  /** By the number of the batch received, counted from 1. */
  readonly misfortunes?: Readonly<Record<number, Misfortune>>;
  /** HTTP status with which every upgrade is refused. */
  readonly refuseUpgrade?: number;
  /** Added to the balance of this account whenever it is read. */
  readonly spoil?: { readonly account: string; readonly by: number };
};

export class FakeServer {
  private readonly options: FakeOptions;
  private readonly http: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'florin.v1+msgpack' });
  private readonly contents = new Map<string, string>();
  private batches = 0;
  private unanswered = 0;
  readonly accounts = new Map<string, { available: number; limit: number }>();
  /** Ids of the transfers in the order in which they were carried out. */
  readonly posted: string[] = [];
  /** Most requests that were unanswered at a time. */
  unansweredMax = 0;
  connections = 0;

  private constructor(options: FakeOptions) {
    this.options = options;
    this.http = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: [{ code: 'insufficient_funds', number: 160, status: 409, meaning: '' }] }));
    });
    this.http.on('upgrade', (upgrade, stream, head) => {
      const { refuseUpgrade } = this.options;
      if (refuseUpgrade !== undefined) stream.end(`HTTP/1.1 ${refuseUpgrade} No\r\ncontent-length: 0\r\n\r\n`);
      else this.sockets.handleUpgrade(upgrade, stream, head, (socket) => this.greet(socket));
    });
  }

  static async start(options: FakeOptions = {}): Promise<FakeServer> {
    const server = new FakeServer(options);
    server.http.listen(0, '127.0.0.1');
    await once(server.http, 'listening');
    return server;
  }

  get url(): string {
    const address = this.http.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    this.http.close();
    await once(this.http, 'close');
  }

  private greet(socket: WebSocket): void {
    this.connections += 1;
    this.unanswered = 0;
    const { credit = 4, maxBatch = 10_000 } = this.options;
    socket.send(packr.pack({ hello: { version: 'fake', credit, max_batch: maxBatch } }));
    socket.on('message', (data: Buffer) => {
      if (socket.readyState !== socket.OPEN) return;
      this.unansweredMax = Math.max(this.unansweredMax, ++this.unanswered);
      const message: unknown = packr.unpack(data);
      if (!request.Check(message)) throw new Error(`not a request: ${JSON.stringify(message)}`);
      const answer = this.answer(socket, message);
      // A turn later, so that what was sent together is unanswered together.
      setImmediate(() => this.reply(socket, answer));
    });
  }

  private reply(socket: WebSocket, answer: object): void {
    if (socket.readyState !== socket.OPEN) return;
    this.unanswered -= 1;
    socket.send(packr.pack(answer));
  }

  private answer(socket: WebSocket, message: Static<typeof Request>): object {
    const { id } = message;
    if (message.op === 'accounts.create') return this.create(id, message.body);
    if (message.op === 'transfers.batch') return this.batch(socket, id, message.body.transfers);
    return { id, ok: true, body: { id: message.body.id, available: this.balance(message.body.id), held: 0 } };
  }

  private create(id: number, body: { id: string; credit_limit: number | 'unlimited' }): object {
    if (this.accounts.has(body.id)) return { id, ok: false, error: { code: 'account_exists', status: 409 } };
    const limit = body.credit_limit === 'unlimited' ? Infinity : body.credit_limit;
    this.accounts.set(body.id, { available: 0, limit });
    return { id, ok: true, body: { id: body.id } };
  }

  private balance(account: string): number | undefined {
    const { spoil } = this.options;
    const available = this.accounts.get(account)?.available;
    return available !== undefined && spoil?.account === account ? available + spoil.by : available;
  }

  private batch(socket: WebSocket, id: number, transfers: readonly Static<typeof Tuple>[]): object {
    const misfortune = this.options.misfortunes?.[++this.batches];
    if (misfortune === 'overloaded') return { id, ok: false, error: { code: 'overloaded', status: 503 } };
    if (misfortune === 'cut_before') socket.terminate();
    const results = misfortune === 'cut_before' ? [] : transfers.map((transfer) => this.post(transfer));
    if (misfortune === 'cut_after') socket.terminate();
    return { id, ok: true, body: { results, position: `${this.posted.length}` } };
  }

  private post([id, debit, credit, amount]: Static<typeof Tuple>): number {
    const content = JSON.stringify([debit, credit, amount]);
    if (this.contents.has(id)) return this.contents.get(id) === content ? 4 : 66;
    const from = this.accounts.get(debit);
    const to = this.accounts.get(credit);
    if (from === undefined || to === undefined) return 80;
    if (from.available - amount < -from.limit) return 160;
    from.available -= amount;
    to.available += amount;
    this.contents.set(id, content);
    this.posted.push(id);
    return 0;
  }
}
