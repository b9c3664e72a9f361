// What tree.ts needs of nact 7.6.2, as its code has it; nact's own types leave out, or get wrong, most of it.

declare module 'nact' {
  /** `sender`: who gets the answers. */
  export function dispatch(actor: object, message: unknown, sender: object): void;
}

declare module 'nact/lib/paths.js' {
  export class ActorPath {
    readonly parts: readonly string[];
    readonly system: string;
    constructor(parts: readonly string[], system: string);
    toString(): string;
  }
}

declare module 'nact/lib/references.js' {
  import type { ActorPath } from 'nact/lib/paths.js';

  export class ActorSystemReference {
    readonly type: 'system';
    readonly name: string;
    readonly path: ActorPath;
    readonly system: { readonly name: string };
  }

  export class ActorReference {
    readonly type: 'actor';
    readonly name: string;
    readonly path: ActorPath;
    readonly parent: ActorReference | ActorSystemReference;
    readonly system: { readonly name: string };
    constructor(system: string, parent: ActorReference | ActorSystemReference, path: ActorPath, name: string);
  }

  /** Whoever waits for the answer to a query. */
  export class TemporaryReference {
    readonly type: 'temp';
    readonly system: { readonly name: string };
  }
}

declare module 'nact/lib/system.js' {
  import type { ActorSystemReference } from 'nact/lib/references.js';

  export type ActorSystem = {
    readonly name: string;
    readonly reference: ActorSystemReference;
    readonly system: ActorSystem;
  };

  export function start(options: { readonly name: string }): ActorSystemReference;
}

declare module 'nact/lib/actor.js' {
  import type { ActorPath } from 'nact/lib/paths.js';
  import type { ActorReference } from 'nact/lib/references.js';
  import type { ActorSystem } from 'nact/lib/system.js';

  /** Decides what follows from a fault; nact knows more answers than these two. */
  export type Supervision = (
    message: unknown,
    error: unknown,
    context: { readonly stop: symbol; readonly escalate: symbol },
    child: ActorReference | undefined,
  ) => symbol;

  export type ActorOptions = { readonly onCrash: Supervision; readonly afterStop: () => void };

  /** What nact's query asks of an actor. */
  export type Queried = {
    readonly system: ActorSystem;
    dispatch(message: unknown, sender: object): void;
    assertNotStopped(): boolean;
  };

  export class Actor {
    readonly system: ActorSystem;
    readonly path: ActorPath;
    readonly reference: ActorReference;
    readonly stopped: boolean;
    children: Map<string, unknown>;
    constructor(
      parent: Actor | ActorSystem,
      name: string,
      system: ActorSystem,
      receive: (state: unknown, message: unknown) => unknown,
      options: ActorOptions,
    );
    stop(): void;
    query(this: Queried, message: unknown, timeoutMs: number): Promise<unknown>;
    handleFault(message: undefined, sender: undefined, error: unknown, child?: ActorReference): Promise<void>;
  }
}

declare module 'nact/lib/functions.js' {
  export function dispatch(actor: object, message: unknown, sender: object): void;
  export function stop(actor: object): void;
}

declare module 'nact/lib/system-map.js' {
  import type { ActorSystem } from 'nact/lib/system.js';

  export function find(system: string): ActorSystem | undefined;
}
