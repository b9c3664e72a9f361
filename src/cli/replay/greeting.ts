// Greeting. Owns the opening of a WebSocket to the server up to its first frame, and the shapes of the frames.

import { Packr } from 'msgpackr';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { WebSocket } from 'ws';

const Hello = Type.Object({ version: Type.String(), credit: Type.Integer(), max_batch: Type.Integer() });

/** First frame of the server: how many requests may be unanswered, and how many transfers a batch may hold. */
export type Hello = Static<typeof Hello>;

const Frame = Type.Object({
  hello: Type.Optional(Hello),
  id: Type.Optional(Type.Integer()),
  ok: Type.Optional(Type.Boolean()),
  body: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  error: Type.Optional(Type.Object({ code: Type.String(), status: Type.Integer() })),
});

/** A frame of the server, as far as the replay reads it. */
export type Frame = Static<typeof Frame>;

const frameShape = Compile(Frame);

/** Reads a frame; an Error for bytes that are none. */
export function readFrame(data: Uint8Array): Frame {
  const frame: unknown = packr.unpack(data);
  if (!frameShape.Check(frame)) throw new Error('a frame of unknown shape');
  return frame;
}

/** The server said no to the connection itself: trying again cannot help. */
export class Unwelcome extends Error {}

/** Plain maps: record structures are an extension that the contract does not speak. */
export const packr: Packr = new Packr({ useRecords: false, int64AsType: 'number' });

/** Bytes of an answer. The longest, 10,000 results, is a hundredth of it: what is larger is not this server. */
const ANSWER_BYTES_MAX = 4_194_304;
/** How long a server may take to open and greet; a healthy one needs milliseconds. */
const GREETING_MS_MAX = 10_000;

/** Opens a socket and waits for the greeting. Rejects with Unwelcome where the server refuses the client itself. */
export function greet(url: string, key: string | undefined): Promise<{ socket: WebSocket; hello: Hello }> {
  const address = new URL('/v1/ws', url.replace(/^http/, 'ws'));
  const socket = new WebSocket(address, ['florin.v1+msgpack'], {
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    perMessageDeflate: false,
    maxPayload: ANSWER_BYTES_MAX,
    handshakeTimeout: GREETING_MS_MAX,
  });
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
      socket.terminate();
    };
    const timer = setTimeout(() => refuse(new Error(`${url} did not greet in time`)), GREETING_MS_MAX);
    // Stays after the greeting: an 'error' without a listener would end the process; `close` follows it.
    socket.on('error', (error) => refuse(new Error(`no connection to ${url}: ${reasonOf(error)}`)));
    socket.once('unexpected-response', (_request, response) => refuse(refusalOf(url, response.statusCode ?? 0)));
    socket.once('close', (code) => refuse(closeOf(url, code)));
    socket.once('message', (data: Uint8Array) => {
      clearTimeout(timer);
      const hello = helloOf(data);
      if (hello === undefined) refuse(new Unwelcome(`${url} does not greet like a Florin server`));
      else resolve({ socket, hello });
    });
  });
}

function helloOf(data: Uint8Array): Hello | undefined {
  try {
    return readFrame(data).hello;
  } catch {
    return undefined;
  }
}

function refusalOf(url: string, status: number): Error {
  const message = `${url} refused the WebSocket with HTTP ${status}`;
  if (status === 401 || status === 403) return new Unwelcome(`${message}: pass an API key with --key`);
  return status === 429 || status >= 500 ? new Error(message) : new Unwelcome(message);
}

function closeOf(url: string, code: number): Error {
  const message = `${url} closed the WebSocket with ${code} before greeting`;
  return code === 4401 || code === 4403 ? new Unwelcome(`${message}: pass an API key with --key`) : new Error(message);
}

/** A refused connection to a name with several addresses is an AggregateError without a message of its own. */
function reasonOf(error: Error): string {
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}
