// Signatures of the simulated channel: what is taken, what is refused, and why.

import { describe, expect, test } from 'vitest';
import {
  checkSignature,
  signatureOf,
  signedHeaders,
  signedPath,
  SIGNATURE_HEADER,
  SIGNATURE_WINDOW_MS,
  TIMESTAMP_HEADER,
} from '../../src/channels/simulator-protocol.ts';

const NOW = 1_700_000_000_000;
const NONCE = 'nonce-0001';
const message = { method: 'POST', path: '/payments?a=1', body: '{"number":"p1"}' };
const headers = signedHeaders('secret', message, NOW, NONCE);

test('the signature is an HMAC over time, nonce, method, path and body', () => {
  // As `printf '1700000000000.nonce-0001.POST./payments?a=1.{"number":"p1"}' | openssl dgst -sha256 -hmac secret` has it.
  expect(signatureOf('secret', String(NOW), NONCE, message)).toBe(
    'fccc5f941c88a06fc60079c2944c2f90648de4104b64ba4e2484e678911f60f4',
  );
});

test('what was signed is taken, and says its nonce', () => {
  expect(checkSignature('secret', headers, message, NOW)).toEqual({ nonce: NONCE });
  expect(checkSignature('secret', headers, { ...message, body: Buffer.from(message.body) }, NOW)).toEqual({
    nonce: NONCE,
  });
});

describe('refused is', () => {
  test.each([
    ['another method', { ...message, method: 'GET' }],
    ['another path', { ...message, path: '/payments?a=2' }],
    ['another body', { ...message, body: '{"number":"p2"}' }],
    ['a byte between path and body that moved', { ...message, path: '/payments?a=1.{', body: '"number":"p1"}' }],
  ])('%s', (_, changed) => {
    expect(checkSignature('secret', headers, changed, NOW)).toBe('signature_wrong');
  });

  test('another secret', () => {
    expect(checkSignature('Secret', headers, message, NOW)).toBe('signature_wrong');
  });

  test('every single flipped bit of the signature', () => {
    const right = Buffer.from(headers[SIGNATURE_HEADER] ?? '', 'hex');
    for (let bit = 0; bit < 256; bit++) {
      const flipped = Buffer.from(right);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const changed = { ...headers, [SIGNATURE_HEADER]: flipped.toString('hex') };
      expect(checkSignature('secret', changed, message, NOW)).toBe('signature_wrong');
    }
  });

  test.each(Object.keys(headers))('a message without %s, with an empty or with a doubled one', (name) => {
    for (const value of [undefined, '', ['a', 'b'], `${headers[name]}, ${headers[name]}`]) {
      expect(checkSignature('secret', { ...headers, [name]: value }, message, NOW)).toBe('signature_missing');
    }
  });

  test.each([-1, 1])('a time more than 300 s from the clock (side %i)', (side) => {
    expect(checkSignature('secret', headers, message, NOW + side * SIGNATURE_WINDOW_MS)).toEqual({ nonce: NONCE });
    const late = checkSignature('secret', headers, message, NOW + side * (SIGNATURE_WINDOW_MS + 1));
    expect(late).toBe('timestamp_out_of_range');
  });

  test('an old message with a new time', () => {
    const later = { ...headers, [TIMESTAMP_HEADER]: String(NOW + 1) };
    expect(checkSignature('secret', later, message, NOW)).toBe('signature_wrong');
  });
});

test('the path of a URL is signed with its query', () => {
  expect(signedPath('http://localhost:80/a/b?c=d#e')).toBe('/a/b?c=d');
  expect(signedPath('http://localhost')).toBe('/');
});
