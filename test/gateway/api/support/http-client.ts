// HTTP client for tests: keeps its connections, changes nothing of what it sends, and shows the answer as it came.

import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

export type Seen<Body = Readonly<Record<string, unknown>>> = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text read as JSON; undefined where it is none. */
  readonly body: Body;
};

export type Sending = {
  /** An object goes as JSON; text and bytes go as they are. */
  readonly body?: object | string | Uint8Array;
  readonly key?: string;
  readonly headers?: OutgoingHttpHeaders;
};

export class HttpClient {
  readonly #port: number;
  readonly #bearer: string | undefined;
  readonly #agent: Agent;

  constructor(port: number, bearer?: string, agent = new Agent({ keepAlive: true, maxSockets: 32 })) {
    this.#port = port;
    this.#bearer = bearer;
    this.#agent = agent;
  }

  /** The same, for the owner of another key; undefined for nobody. */
  as(bearer: string | undefined): HttpClient {
    return new HttpClient(this.#port, bearer, this.#agent);
  }

  get<Body = Readonly<Record<string, unknown>>>(path: string, headers: OutgoingHttpHeaders = {}): Promise<Seen<Body>> {
    return this.send<Body>('GET', path, { headers });
  }

  post<Body = Readonly<Record<string, unknown>>>(
    path: string,
    body: object | string | Uint8Array,
    key?: string,
    headers: OutgoingHttpHeaders = {},
  ): Promise<Seen<Body>> {
    return this.send<Body>('POST', path, { body, headers, ...(key === undefined ? {} : { key }) });
  }

  patch<Body = Readonly<Record<string, unknown>>>(path: string, body: object | string): Promise<Seen<Body>> {
    return this.send<Body>('PATCH', path, { body });
  }

  send<Body = Readonly<Record<string, unknown>>>(method: string, path: string, sending: Sending = {}) {
    const bytes = bytesOf(sending.body);
    const headers: OutgoingHttpHeaders = {
      ...(this.#bearer === undefined ? {} : { authorization: `Bearer ${this.#bearer}` }),
      ...(sending.key === undefined ? {} : { 'idempotency-key': sending.key }),
      ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length }),
      ...sending.headers,
    };
    return new Promise<Seen<Body>>((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path, headers });
      sent.on('error', reject);
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const status = response.statusCode ?? 0;
          resolve({ status, headers: response.headers, text, body: parse(text) as Body });
        });
      });
      sent.end(bytes);
    });
  }

  end(): void {
    this.#agent.destroy();
  }
}

function bytesOf(body: Sending['body']): Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
