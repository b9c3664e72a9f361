// Access. Asks the operations listener, with the key of whoever looks. The key stays in this tab until it is closed, and goes
// nowhere but to the listener that this page came from.

const KEY = 'florin-key';

/** The listener wants a key, or another one. */
export class KeyNeeded extends Error {
  /** @override */
  name = 'KeyNeeded';
}

/** The listener has refused; `message` is its own words. */
export class Refused extends Error {
  /** @override */
  name = 'Refused';

  /**
   * @param {number} status
   * @param {string} code
   * @param {string} detail
   */
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

/** '' where there is none. */
export function key() {
  return sessionStorage.getItem(KEY) ?? '';
}

/** @param {string} text '' forgets it */
export function useKey(text) {
  if (text === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, text);
}

/** @returns {Record<string, string>} */
function authorization() {
  return key() === '' ? {} : { Authorization: `Bearer ${key()}` };
}

/**
 * The answer, whole or as it comes.
 * @param {string} path
 * @param {Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }} [init]
 * @throws {KeyNeeded | Refused | TypeError}
 */
export async function reach(path, init = {}) {
  const headers = { ...authorization(), ...init.headers };
  const answer = await fetch(path, { ...init, headers, cache: 'no-store' });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  const { code = String(answer.status), detail = answer.statusText } = problem;
  if (answer.status === 401 || code === 'scope_missing' || code === 'shadow_off') throw new KeyNeeded(detail);
  throw new Refused(answer.status, code, detail);
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function read(path) {
  return (await reach(path)).json();
}

/**
 * Changes something; sent twice with the same key it happens once.
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 */
export async function change(path, body) {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': randomKey() };
  return (await reach(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

/** Browsers have `randomUUID` for secure origins only, and this may be a private network. */
function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Saves what a path answers as a file of this name.
 * @param {string} path
 * @param {string} name
 */
export async function save(path, name) {
  const url = URL.createObjectURL(await (await reach(path)).blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
