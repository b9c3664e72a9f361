// A server that answers everything the load generator sends, and remembers what it was sent.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Packr } from 'msgpackr';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { WebSocketServer, type WebSocket } from 'ws';

const packr = new Packr({ useRecords: false });

const Id = Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,64}$' });
const Amount = Type.Integer({ minimum: 1 });
const Transfer = Type.Object({ id: Id, debit_account: Id, credit_account: Id, amount: Amount });
const Post = Type.Tuple([Id, Id, Id, Amount]);
const Hold = Type.Tuple([Id, Id, Id, Amount, Type.Literal(1)]);
const Capture = Type.Tuple([Id, Type.Null(), Type.Null(), Type.Null(), Type.Literal(2), Id]);
const Tuple = Type.Union([Post, Hold, Capture]);
const Request = Type.Union([
  Type.Object({
    id: Type.Integer(),
    op: Type.Literal('accounts.create'),
    body: Type.Object({ id: Id, currency: Id, kind: Id, credit_limit: Type.Literal('unlimited') }),
  }),
  Type.Object({ id: Type.Integer(), op: Type.Literal('transfers.create'), body: Transfer }),
  Type.Object({
    id: Type.Integer(),
    op: Type.Literal('transfers.batch'),
    body: Type.Object({ transfers: Type.Array(Tuple) }),
  }),
]);
const request = Compile(Request);
const transfer = Compile(Transfer);

export class FakeServer {
  private readonly http: Server;
  private readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'florin.v1+msgpack' });
  private unanswered = 0;
  /** Ids that are refused: their number in a batch is 160. */
  private readonly refuse: (id: string) => boolean;
  readonly accounts = new Set<string>();
  readonly transfers = new Set<string>();
  private readonly holds = new Set<string>();
  /** What was wrong with what came; empty at the end of a good run. */
  readonly complaints = new Set<string>();
  readonly debits = new Set<string>();
  readonly credits = new Set<string>();
  /** Rules of crediting that were asked for, by path. */
  readonly rules = new Map<string, unknown>();
  unansweredMax = 0;
  batches = 0;

  private constructor(refuse: (id: string) => boolean) {
    this.refuse = refuse;
    this.http = createServer((message, response) => void this.overHttp(message, response));
    this.http.on('upgrade', (message, stream, head) => {
      this.sockets.handleUpgrade(message, stream, head, (socket) => this.greet(socket));
    });
  }

  static async start(refuse: (id: string) => boolean = () => false): Promise<FakeServer> {
    const server = new FakeServer(refuse);
    server.http.listen(0, '127.0.0.1');
    await once(server.http, 'listening');
    return server;
  }

  get port(): number {
    const address = this.http.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return address.port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  private greet(socket: WebSocket): void {
    socket.send(packr.pack({ hello: { version: 'fake', credit: 2_048, max_batch: 10_000 } }));
    socket.on('message', (data: Buffer) => {
      this.unansweredMax = Math.max(this.unansweredMax, ++this.unanswered);
      const message: unknown = packr.unpack(data);
      if (!request.Check(message)) throw new Error(`not a request: ${JSON.stringify(message).slice(0, 300)}`);
      const answer = packr.pack(this.answer(message));
      setImmediate(() => {
        this.unanswered -= 1;
        if (socket.readyState === socket.OPEN) socket.send(answer);
      });
    });
  }

  private answer(message: Static<typeof Request>): object {
    const { id } = message;
    if (message.op === 'accounts.create') {
      this.accounts.add(message.body.id);
      return { id, ok: true, body: { id: message.body.id } };
    }
    if (message.op === 'transfers.batch') {
      this.batches += 1;
      return {
        id,
        ok: true,
        body: { results: message.body.transfers.map((tuple) => this.take(tuple)), position: 'x' },
      };
    }
    const { debit_account: debit, credit_account: credit, amount } = message.body;
    const result = this.take([message.body.id, debit, credit, amount]);
    return result === 0
      ? { id, ok: true, body: { ...message.body, status: 'posted' } }
      : { id, ok: false, error: { code: 'insufficient_funds', status: 409 } };
  }

  private take(tuple: Static<typeof Tuple>): number {
    const [id, debit, credit, , kind, ref] = tuple;
    if (this.transfers.has(id)) this.complaints.add('a transfer id came twice');
    this.transfers.add(id);
    if (this.refuse(id)) return 160;
    if (kind === 2) {
      if (!this.holds.delete(ref ?? '')) this.complaints.add('a capture of what is not held');
      return 2;
    }
    if (debit === credit) this.complaints.add('debit and credit are the same');
    if (debit === null || credit === null || !this.accounts.has(debit) || !this.accounts.has(credit)) {
      this.complaints.add('an account that was not opened');
    }
    this.debits.add(debit ?? '');
    this.credits.add(credit ?? '');
    if (kind === 1) this.holds.add(id);
    // The only rule that shows in a result.
    return kind ?? (this.rules.size > 0 ? 5 : 0);
  }

  private async overHttp(message: IncomingMessage, response: ServerResponse): Promise<void> {
    this.unansweredMax = Math.max(this.unansweredMax, ++this.unanswered);
    let text = '';
    for await (const chunk of message) text += String(chunk);
    const body: unknown = JSON.parse(text);
    if (message.method === 'PATCH') {
      this.unanswered -= 1;
      this.rules.set(message.url ?? '', body);
      response.end('{}');
      return;
    }
    if (message.method !== 'POST' || message.url !== '/v1/transfers' || !transfer.Check(body)) {
      throw new Error(`not a transfer: ${message.method} ${message.url} ${text}`);
    }
    const result = this.take([body.id, body.debit_account, body.credit_account, body.amount]);
    this.unanswered -= 1;
    const answer = JSON.stringify(result === 0 ? { ...body, status: 'posted' } : { code: 'insufficient_funds' });
    response.writeHead(result === 0 ? 201 : 409, {
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    response.end(answer);
  }
}
