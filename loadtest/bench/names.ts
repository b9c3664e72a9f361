// Names of the load: account and transfer ids of a fixed width, so that a prepared frame is filled in place.

/** Characters of an account id: `a0000042`. */
export const ACCOUNT_BYTES = 8;
/** Characters of a transfer id; 16, as many bytes as the 128-bit ids that other engines are measured with. */
export const TRANSFER_BYTES = 16;

const DIGITS = Buffer.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-', 'latin1');
const PREFIX = Buffer.from('bench:', 'latin1');
/** Digits of 6 bits below and above 2^30: bit operations of JavaScript end at 2^31. */
const HALF_DIGITS = 5;
const HALF = 2 ** 30;

/** The id of an account by number, 0 … 9,999,999. */
export function accountName(number: number): string {
  return `a${String(number).padStart(ACCOUNT_BYTES - 1, '0')}`;
}

/** Ids of accounts 0 … count - 1, one after the other. */
export function accountNames(count: number): Buffer {
  const names = Buffer.alloc(count * ACCOUNT_BYTES);
  for (let number = 0; number < count; number++) names.write(accountName(number), number * ACCOUNT_BYTES, 'latin1');
  return names;
}

/** Copies the id of an account out of `names`. A loop, as `copy` costs more than eight bytes are worth. */
export function writeAccount(names: Buffer, number: number, target: Buffer, at: number): void {
  const from = number * ACCOUNT_BYTES;
  for (let byte = 0; byte < ACCOUNT_BYTES; byte++) target[at + byte] = names[from + byte] ?? 0;
}

/** Writes the id of the transfer with this number, 0 … 2^53 - 1. */
export function writeTransfer(number: number, target: Buffer, at: number): void {
  for (let byte = 0; byte < PREFIX.length; byte++) target[at + byte] = PREFIX[byte] ?? 0;
  writeHalf(Math.floor(number / HALF), target, at + PREFIX.length);
  writeHalf(number % HALF, target, at + PREFIX.length + HALF_DIGITS);
}

function writeHalf(number: number, target: Buffer, at: number): void {
  let rest = number;
  for (let digit = HALF_DIGITS - 1; digit >= 0; digit--) {
    target[at + digit] = DIGITS[rest & 63] ?? 0;
    rest >>>= 6;
  }
}
