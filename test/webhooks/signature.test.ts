import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { makeSecret, signedHeaders } from '../../src/webhooks/signature.ts';

const body = '{"id":"evt_1","type":"transfer.posted"}';

test('a secret has 32 random bytes in the spelling of the standard', () => {
  const secret = makeSecret();
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
  expect(makeSecret()).not.toBe(secret);
});

test('a receiver verifies with any secret that signed, and with no other', () => {
  const [current, previous, other] = [makeSecret(), makeSecret(), makeSecret()];
  const headers = { ...signedHeaders('evt_1', body, [current, previous], Date.now()) };
  for (const secret of [current, previous]) expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(other).verify(body, headers)).toThrow('No matching signature');
  expect(() => new Webhook(current).verify(`${body} `, headers)).toThrow('No matching signature');
  expect(() => new Webhook(current).verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow();
});

test('an old attempt is not taken', () => {
  const secret = makeSecret();
  const headers = { ...signedHeaders('evt_1', body, [secret], Date.now() - 6 * 60_000) };
  expect(() => new Webhook(secret).verify(body, headers)).toThrow('too old');
});

test('the standard’s own example', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const headers = signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', [secret], 1_614_265_330_000);
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});
