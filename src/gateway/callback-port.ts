// Callback port. Who judges what a channel calls to say, and makes it durable: the channels' side of the gateway.

/** A header by its lower-case name; undefined where there is none. */
type Header = (name: string) => string | undefined;

/**
 * The channels' side. Resolves with 200 when the callback is durable, 401 when it is not the channel's, 404 when there is
 * no such channel, and anything else when it could not be taken now: the channel calls again.
 */
export type CallbackPort = {
  readonly receive: (channel: string, header: Header, raw: Uint8Array) => Promise<{ readonly status: number }>;
};

/** A server without channels. */
export const NO_CALLBACKS: CallbackPort = { receive: () => Promise.resolve({ status: 404 }) };
