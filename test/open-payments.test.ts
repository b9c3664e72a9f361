// Opening payments: rules and channels from their files, and what is wrong with them in words before anything starts.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { DEFAULT_PRODUCTS } from '../src/domain/orders/default-products.ts';
import { DEFAULT_RULES_JSON } from '../src/domain/orders/default-rules.ts';
import { NO_LOG } from '../src/log/log-line.ts';
import { openPayments, PaymentsRefused } from '../src/open-payments.ts';
import { temporaryFolder } from './support/folder.ts';

const CHECKS = [
  { name: 'risk', strength: 'strong', timeout_ms: 100 },
  { name: 'price', strength: 'weak', timeout_ms: 100, fallback: 'pass' },
];

const clock = { now: Date.now, monotonic: () => performance.now() };
const at = (name: string) => ({ name, url: `https://${name}.example/check` });

function open(content: { channels?: object[]; checks?: object[] }, rules: object = {}, developing = true) {
  const folder = temporaryFolder();
  const [channelsFile, rulesFile] = [join(folder, 'channels.json'), join(folder, 'rules.json')];
  const own = { ...DEFAULT_RULES_JSON, version: 'opened-1', ...rules };
  writeFileSync(channelsFile, JSON.stringify({ channels: [], ...content }));
  writeFileSync(rulesFile, JSON.stringify({ rules: own, products: DEFAULT_PRODUCTS }));
  const opened = openPayments(
    { rules: rulesFile, channels: channelsFile, shadowChannels: '', port: 8080 },
    clock,
    developing,
    NO_LOG,
  );
  onTestFinished(async () => {
    await opened.checks.stop();
    await opened.channels.stop();
  });
  return { ...opened, rewrite: (next: object) => writeFileSync(rulesFile, JSON.stringify(next)) };
}

function refused(...args: Parameters<typeof open>): string {
  try {
    open(...args);
    return 'opened';
  } catch (error) {
    if (error instanceof PaymentsRefused) return error.message;
    throw error;
  }
}

test('a check that rules want has to have an address', () => {
  expect(refused({ checks: [at('price')] }, { checks: { careful: CHECKS } })).toContain('where to ask for risk');
  const { payments, checks, rewrite, readRules } = open({ checks: CHECKS.map(({ name }) => at(name)) });
  expect(payments.rules.rules.checks).toEqual({});
  expect(checks.endpoints.map(({ name }) => name)).toEqual(['risk', 'price']);
  const products = DEFAULT_PRODUCTS;
  const rulesOf = (some: object[]) => ({ ...DEFAULT_RULES_JSON, version: 'opened-2', checks: { careful: some } });
  rewrite({ rules: rulesOf(CHECKS), products });
  expect(readRules().rules.checks['careful']?.length).toBe(2);
  rewrite({ rules: rulesOf([{ ...CHECKS[0], name: 'identity' }]), products });
  expect(readRules).toThrow('where to ask for identity');
});

test('and a secret, but in development', () => {
  vi.stubEnv('FLORIN_CHECK_RISK_SECRET', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(refused({ checks: [at('risk')] }, {}, false)).toContain('FLORIN_CHECK_RISK_SECRET');
  vi.stubEnv('FLORIN_CHECK_RISK_SECRET', 'a secret that is long enough');
  expect(refused({ checks: [at('risk')] }, {}, false)).toBe('opened');
});

test('products name checks that there are, and only those that are paid', () => {
  const opening = (product: string, checks: string) => {
    const folder = temporaryFolder();
    const products = DEFAULT_PRODUCTS.map((row) => (row.code === product ? { ...row, rules: { ...row.rules, checks } } : row)); // prettier-ignore
    const rules = { ...DEFAULT_RULES_JSON, version: 'opened-3', checks: { careful: CHECKS } };
    writeFileSync(join(folder, 'rules.json'), JSON.stringify({ rules, products }));
    const config = { rules: join(folder, 'rules.json'), channels: '', shadowChannels: '', port: 8080 };
    try {
      openPayments(config, clock, true, NO_LOG);
      return 'opened';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(opening('sale', 'careless')).toContain('product sale: rules.checks: names "careless"');
  expect(opening('withdrawal', 'careful')).toContain('product withdrawal: rules.checks: is not for withdrawal');
});

test('a channel says whether its payers pay by themselves', () => {
  const wallet = {
    name: 'wallet',
    adapter: 'simulator',
    baseUrl: 'http://127.0.0.1:1',
    callbackUrl: 'http://127.0.0.1:2/',
  };
  const { desk } = open({
    channels: [
      { ...wallet, prepaid: true },
      { ...wallet, name: 'card' },
    ],
  });
  expect(['wallet', 'card', 'nobody'].map((name) => desk.isPrepaid(name))).toEqual([true, false, false]);
});
