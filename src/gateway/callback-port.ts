// Callback port. Who judges what a channel calls to say, and makes it durable: the channels' side of the gateway.

/** Headers by their lower-case names. */
type Headers = Readonly<Record<string, string | undefined>>;

/** refused: not the channel's words. unknown: there is no such channel. busy: not taken now, the channel calls again. */
export type CallbackOutcome = 'taken' | 'refused' | 'unknown' | 'busy';

export type CallbackPort = {
  /** `raw`: the body, byte for byte; `requestId`: for the log. Taken only when it is durable. */
  readonly receive: (channel: string, headers: Headers, raw: Uint8Array, requestId: string) => Promise<CallbackOutcome>;
};
