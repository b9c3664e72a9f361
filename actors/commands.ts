// Commands. What the outside asks of the engine. A command is a message, and the effect that answers it: its reply is
// called once, after everything that it says is durable.

import type { AccountStatus, AccountView, Metadata } from '../src/domain/accounts.ts';
import type { Context } from '../src/domain/context.ts';
import type { CreditingWay } from '../src/domain/crediting.ts';
import type { Fact, TransferFact } from '../src/domain/facts.ts';
import { ALLOWED, numberOf, type Verdict } from '../src/domain/refusals.ts';
import type { ReverseRequest } from '../src/domain/reversals.ts';
import type { SettleRequest, TransferRequest } from '../src/domain/transfers.ts';
import type { Effect } from './commit.ts';
import { Message } from './runtime/message.ts';

const OUTCOME_UNKNOWN = numberOf('outcome_unknown');

/** The idempotency key of a request and the digest of what it says; both '' without a key. */
export type RequestKey = { readonly key: string; readonly fingerprint: string };

export const NO_KEY: RequestKey = { key: '', fingerprint: '' };

export abstract class Command extends Message implements Effect {
  verdict: Verdict = ALLOWED;
  /** Answered from an earlier request with the same key or id. */
  replayed = false;
  /** Frame up to which everything is durable that this answer rests on. */
  position = 0;
  /** Transfers that this command counts for in admission. */
  readonly weight: number = 1;
  /** Told when the command is answered, whichever way; the partition counts its work by it. */
  onSettled: ((command: Command) => void) | null = null;
  readonly #reply: (command: Command) => void;

  constructor(context: Context, reply: (command: never) => void) {
    super(context);
    // Each class takes a reply for itself, so what comes back is what it expects.
    this.#reply = reply as (command: Command) => void;
  }

  release(seq: number): void {
    // A replay keeps the position of the first answer.
    if (this.position === 0) this.position = seq;
    this.#settle();
  }

  abandon(): void {
    this.verdict = OUTCOME_UNKNOWN;
    this.#settle();
  }

  #settle(): void {
    this.onSettled?.(this);
    this.#reply(this);
  }
}

/**
 * `delayMs`: how long a credit waits at most, ms; 0 takes the way's own. `spreadOver`: sub-accounts, 2 … 64; absent or 0 takes
 * the usual number.
 */
export type CreditingRequest = { readonly way: CreditingWay; readonly delayMs: number; readonly spreadOver?: number };

export type OpenRequest = {
  /** '' lets the server name it. */
  readonly id: string;
  readonly currency: string;
  readonly kind: string;
  readonly creditLimit: number;
  readonly metadata: Metadata;
  /** Absent is direct. */
  readonly crediting?: CreditingRequest;
};

export class OpenAccount extends Command {
  readonly request: OpenRequest;
  readonly keyed: RequestKey;
  account: AccountView | null = null;

  constructor(context: Context, request: OpenRequest, keyed: RequestKey, reply: (command: OpenAccount) => void) {
    super(context, reply);
    this.request = request;
    this.keyed = keyed;
  }
}

/** Absent fields stay as they are. */
export type ChangeRequest = {
  readonly id: string;
  readonly status?: AccountStatus;
  readonly creditLimit?: number;
  readonly metadata?: Metadata;
  readonly crediting?: CreditingRequest;
};

export class ChangeAccount extends Command {
  readonly request: ChangeRequest;
  readonly keyed: RequestKey;
  account: AccountView | null = null;

  constructor(context: Context, request: ChangeRequest, keyed: RequestKey, reply: (command: ChangeAccount) => void) {
    super(context, reply);
    this.request = request;
    this.keyed = keyed;
  }
}

export class ReadAccount extends Command {
  readonly id: string;
  account: AccountView | null = null;

  constructor(context: Context, id: string, reply: (command: ReadAccount) => void) {
    super(context, reply);
    this.id = id;
  }
}

/** A page of a list: `after` and `before` name elements, '' for none. */
export type Page = { readonly limit: number; readonly after: string; readonly before: string };

export class ListAccounts extends Command {
  readonly page: Page;
  accounts: AccountView[] = [];
  hasMore = false;

  constructor(context: Context, page: Page, reply: (command: ListAccounts) => void) {
    super(context, reply);
    this.page = page;
  }
}

/** A fact together with when it happened and where it stands. */
export type Dated<F extends Fact> = {
  readonly fact: F;
  readonly timeMs: number;
  readonly seq: number;
  readonly index: number;
};

export class MakeTransfer extends Command {
  readonly request: TransferRequest;
  readonly keyed: RequestKey;
  transfer: Dated<TransferFact> | null = null;

  constructor(context: Context, request: TransferRequest, keyed: RequestKey, reply: (command: MakeTransfer) => void) {
    super(context, reply);
    this.request = request;
    this.keyed = keyed;
  }
}

export class SettleHold extends Command {
  readonly request: SettleRequest;
  readonly keyed: RequestKey;
  transfer: Dated<TransferFact> | null = null;

  constructor(context: Context, request: SettleRequest, keyed: RequestKey, reply: (command: SettleHold) => void) {
    super(context, reply);
    this.request = request;
    this.keyed = keyed;
  }
}

export class ReverseTransfer extends Command {
  readonly request: ReverseRequest;
  readonly keyed: RequestKey;
  transfer: Dated<TransferFact> | null = null;

  constructor(context: Context, request: ReverseRequest, keyed: RequestKey, reply: (command: ReverseTransfer) => void) {
    super(context, reply);
    this.request = request;
    this.keyed = keyed;
  }
}

export class ReadTransfer extends Command {
  readonly id: string;
  transfer: Dated<TransferFact> | null = null;

  constructor(context: Context, id: string, reply: (command: ReadTransfer) => void) {
    super(context, reply);
    this.id = id;
  }
}

/** One transfer of a batch as the client wrote it; judged when its turn comes. */
export type BatchMember = readonly unknown[];

export class RunBatch extends Command {
  readonly members: readonly BatchMember[];
  readonly atomic: boolean;
  readonly keyed: RequestKey;
  override readonly weight: number;
  results: number[] = [];

  constructor(
    context: Context,
    members: readonly BatchMember[],
    atomic: boolean,
    keyed: RequestKey,
    reply: (command: RunBatch) => void,
  ) {
    super(context, reply);
    this.members = members;
    this.atomic = atomic;
    this.keyed = keyed;
    this.weight = members.length;
  }
}
