// A provider as the contract tests see it: an adapter that speaks to it, what can be made to go wrong, what it has booked.

import type { ChannelAdapter } from '../../../src/channels/channel.ts';

export type ProviderFault =
  /** Booked, then the connection is cut. */
  | 'lose_reply'
  /** The connection is reset before anything is booked. */
  | 'reset'
  | 'error_before'
  | 'error_after'
  | 'malformed_body'
  /** Booked, and no answer for a minute. */
  | 'hang'
  | 'decline'
  | 'accept'
  | 'require_action';

export type Delivery = { readonly headers: Readonly<Record<string, string>>; readonly raw: Uint8Array };

export type Provider = {
  readonly adapter: ChannelAdapter;
  /** What happens to the next pay, refund or payout. */
  readonly fault: (how: ProviderFault) => void;
  /** Payments that took money. */
  readonly debits: () => number;
  /** The last callback about an order, as it came in; waits for it. */
  readonly callback: (number: string) => Promise<Delivery>;
  /** Where a payout goes. */
  readonly bankAccount: string;
  /** The provider goes away; the adapter stays. */
  readonly stopServer: () => Promise<void>;
  readonly stop: () => Promise<void>;
};
