import { describe, expect, test } from 'vitest';
import { readWebhookUrl } from '../../../src/domain/webhooks/webhook-url.ts';

describe('a webhook URL', () => {
  test.each([
    ['https://shop.example', 'https://shop.example/'],
    ['https://shop.example/hook?a=b', 'https://shop.example/hook?a=b'],
    ['https://SHOP.example:443/hook', 'https://shop.example/hook'],
    ['https://shop.example:8443/hook', 'https://shop.example:8443/hook'],
    ['https://xn--bcher-kva.example/', 'https://xn--bcher-kva.example/'],
    ['https://0x08080808/', 'https://8.8.8.8/'],
  ])('can be %s', (text, url) => {
    expect(readWebhookUrl(text, false)).toEqual({ url });
  });

  test.each([
    '',
    'shop.example',
    '/hook',
    'http://shop.example/',
    'ftp://shop.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user@shop.example/',
    'https://user:password@shop.example/',
    'https://shop.example/#fragment',
    'https://shop.example/#',
    'https://shop.example:22/',
    'https://shop.example:25/',
    'https://shop.example:80/',
    'https://shop.example:0/',
    'https://shop.example:99999/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://api.localhost/',
    'https://intranet/',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://router.lan/',
    'https://1.0.0.127.in-addr.arpa/',
    `https://shop.example/${'x'.repeat(2_048)}`,
  ])('cannot be "%s"', (text) => {
    expect(readWebhookUrl(text, false)).toEqual({ reason: expect.stringMatching(/\.$/) as string });
  });

  test('may be http where the operator lets it, and nothing else then', () => {
    expect(readWebhookUrl('http://127.0.0.1:4000/hook', true)).toEqual({ url: 'http://127.0.0.1:4000/hook' });
    expect(readWebhookUrl('ftp://127.0.0.1:4000/hook', true)).toHaveProperty('reason');
  });
});
