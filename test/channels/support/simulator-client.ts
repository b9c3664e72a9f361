// A client of the simulator as a merchant has one: signs what it sends, over real HTTP.

import { randomUUID } from 'node:crypto';
import {
  DEVELOPMENT_SECRET,
  signedHeaders,
  type Answer,
  type ErrorAnswer,
} from '../../../src/channels/simulator-protocol.ts';

/** `status` 0: the connection was cut before there was an answer. `body` is null where the text is no JSON. */
export type Heard = { readonly status: number; readonly text: string; readonly body: (Answer & ErrorAnswer) | null };

export type Send = (method: string, path: string, body?: object) => Promise<Heard>;

/** Sends signed requests to a simulator. */
export function clientOf(url: string, secret: string = DEVELOPMENT_SECRET): Send {
  return (method, path, body) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = signedHeaders(secret, { method, path, body: text }, Date.now(), randomUUID());
    return hear(url + path, { method, headers, ...(text === '' ? {} : { body: text }) });
  };
}

/** Sends something as it is, unsigned or signed by the test itself. */
export async function hear(url: string, init: RequestInit = {}): Promise<Heard> {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return { status: response.status, text, body: parsed(text) };
  } catch {
    return { status: 0, text: '', body: null };
  }
}

function parsed(text: string): Heard['body'] {
  try {
    return JSON.parse(text) as Heard['body'];
  } catch {
    return null;
  }
}
