// Transport port. What the gateway needs of the network, and nothing else: HTTP over node:http, with WebSockets over
// uWebSockets.js or ws.
//
// T1. A request reaches the handler with its whole body, at most `bodyBytesMax` long, in memory of its own.
// T2. A handler that throws answers 500 and never ends the process. An answer to a client that left is dropped.
// T3. Ambiguous framing (doubled Content-Length, Content-Length beside Transfer-Encoding) is never obeyed: answered 400
//     and closed.
// T4. A socket whose reader is slow is closed at `backlogBytesMax`; nothing is dropped silently before that.

/** A request, complete: the body has been read. */
export type HttpRequest = {
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  /** Query without the question mark; '' when there is none. */
  readonly query: string;
  /** A header by its lower-case name, repeated ones joined by ', '; undefined when absent. */
  readonly header: (name: string) => string | undefined;
  /** All of them, by their lower-case names. */
  readonly headers: () => Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Where the body went instead, for a request that `upload` said so of; whoever handles it takes the file away. */
  readonly upload?: Upload;
};

/** A body on the disk. */
export type Upload = {
  readonly path: string;
  readonly bytes: number;
  /** Of its content, hexadecimal. */
  readonly sha256: string;
};

/** A folder for bodies, and how much and how long one may be. */
export type UploadTarget = {
  readonly folder: string;
  /** Above it 413. */
  readonly bytesMax: number;
  /** Seconds for the whole body; then 408. */
  readonly secondsMax: number;
  /** Seconds in which nothing of it comes although more is awaited; then 408. */
  readonly idleSecondsMax: number;
};

export type HttpAnswer = {
  readonly status: number;
  /** Header pairs, without Content-Length and Connection, which belong to the transport. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
};

/** Sends the answer; a second call, or one after the client left, does nothing. */
export type Answer = (answer: HttpAnswer) => void;

/** An open WebSocket. All methods are safe to call after it closed: they do nothing. */
export type Socket = {
  /** What the upgrade handler attached. */
  readonly session: unknown;
  /** Queues one message. Strings go as text frames, bytes as binary frames (copied: the caller may reuse the buffer). */
  readonly send: (message: string | Uint8Array) => void;
  /** Runs `writes`, joining everything it sends into as few packets as possible. */
  readonly cork: (writes: () => void) => void;
  /** Bytes that the reader has not taken yet. */
  readonly backlogBytes: () => number;
  /** Closing handshake with a code of RFC 6455 §7.4 or 4000-4999; the socket is cut if the peer does not finish it. */
  readonly close: (code: number, reason: string) => void;
};

/** An upgrade is taken, with the agreed subprotocol and what to attach, or refused with an ordinary answer. */
export type Upgrade = { readonly protocol: string; readonly session: unknown } | { readonly refuse: HttpAnswer };

/** Bad framing, request too slow, body too large, head too large, fault. */
export type RefusedStatus = 400 | 408 | 413 | 431 | 500;

export type Handlers = {
  /** Answers may come late and in any order: each client gets its own in the order of its requests. */
  readonly request: (request: HttpRequest, answer: Answer) => void;
  /** Where the body of a request goes that has not been read; null, and without it, for one that is held in memory. */
  readonly upload?: (request: HttpRequest) => UploadTarget | null;
  /** Asked for upgrade requests on `webSocketPath` (its body is empty). Synchronous. */
  readonly upgrade: (request: HttpRequest) => Upgrade;
  readonly open: (socket: Socket) => void;
  /** `message` is only valid during the call. */
  readonly message: (socket: Socket, message: Uint8Array, binary: boolean) => void;
  /** Called exactly once per opened socket, never from inside `send` or `close`. `slow`: the backlog limit closed it. */
  readonly close: (socket: Socket, code: number, slow: boolean) => void;
  /** What to send when the transport itself must refuse. */
  readonly refuse: (status: RefusedStatus) => HttpAnswer;
  /** A handler threw. The message never contains a body. */
  readonly fault: (error: unknown) => void;
};

export type TransportLimits = {
  /** Bytes of an HTTP body; above it 413. */
  readonly bodyBytesMax: number;
  /** Bytes of a WebSocket message; above it the socket is closed with 1009. */
  readonly messageBytesMax: number;
  /** Bytes queued for a slow reader; above it the socket is closed with 1013. */
  readonly backlogBytesMax: number;
  /** Seconds between pings of the server. */
  readonly pingSeconds: number;
  /** Seconds without a byte from the peer after which a socket is closed. */
  readonly silenceSeconds: number;
  /** Seconds for a whole request (head and body) to arrive; then the connection is closed. The body of an upload has its own. */
  readonly requestSeconds: number;
};

export type TransportOptions = {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** A folder of this process alone, for files of the transport. */
  readonly folder: string;
  readonly webSocketPath: string;
  readonly limits: TransportLimits;
  readonly handlers: Handlers;
};

/** Time for answers in flight and closing handshakes when a listener closes; what is left is cut. */
export const stopMsMax = 5_000;

export type Listener = {
  /** The port in use. */
  readonly port: number;
  /** Stops accepting, closes every WebSocket with 1001 and idle connections; resolves when the port is free. */
  readonly close: () => Promise<void>;
};

/** `listen` rejects with the operating system's error (EADDRINUSE, EACCES, …), as an Error with a readable message. */
export type Transport = {
  /** What carries the WebSockets. */
  readonly name: 'uws' | 'node';
  /** The native build in use, e.g. "20.30 (node 115, linux x64)"; the version of Node for `node`. */
  readonly version: string;
  readonly listen: (options: TransportOptions) => Promise<Listener>;
};
