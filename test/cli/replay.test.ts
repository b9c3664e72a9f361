// `florin replay` against a server that keeps the contract and has bad days.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerReplay, replay } from '../../src/cli/replay.ts';
import { reportJson, reportText, succeeded, type Outcome } from '../../src/cli/replay/report.ts';
import { FakeServer, type FakeOptions } from './replay-server.ts';

const HEADER = 'trans_id,account_id,date,side,operation,amount_minor,balance_after_minor,purpose,bank_to,account_to';

// Customer 2 goes 300 below zero on the way; customer 4 ends within a koruna of what the bank says, 6 does not.
const ROWS = [
  '1,2,1993-01-01,credit,cash_deposit,1000,1000,,,',
  '2,2,1993-01-02,debit,transfer_out,1300,-300,household,ST,123',
  '3,2,1993-01-03,credit,transfer_in,900,600,pension,QR,77',
  '4,4,1993-01-03,credit,transfer_in,5000,5000,,AB,1',
  '5,4,1993-01-04,credit,,50,5040,interest,,',
  '6,6,1993-01-05,credit,cash_deposit,700,700,,,',
  '7,6,1993-01-06,debit,cash_withdrawal,100,500,statement_fee,,',
];

const EXPECTED = [
  'account_id,transactions,signed_sum_minor,bank_last_day_balances_minor,exact',
  '2,3,600,600|900,exact',
  '4,2,5050,5040|9000,within_1_koruna',
  '6,2,600,500000,differs',
];

let folder: string;
let file: string;
let expected: string;
let server: FakeServer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'florin-replay-'));
  file = join(folder, 'transactions.csv');
  expected = join(folder, 'expected-balances.csv');
  write(file, [HEADER, ...ROWS]);
  write(expected, EXPECTED);
});

afterEach(async () => {
  await server?.close();
  rmSync(folder, { recursive: true });
});

function write(path: string, lines: readonly string[]): void {
  writeFileSync(path, `${lines.join('\r\n')}\r\n`);
}

async function play(options: FakeOptions = {}): Promise<Outcome> {
  server = await FakeServer.start(options);
  return replay({ file, url: server.url, expected, silent: true });
}

describe('a replay', () => {
  it('posts every row and ends at the sums of the file', async () => {
    const outcome = await play();
    expect(outcome.tally).toEqual({ posted: 7, alreadyThere: 0, resentAlreadyThere: 0, refused: new Map() });
    expect(outcome.comparison).toMatchObject({
      accounts: 3,
      atSignedSum: 3,
      wrong: [],
      split: { exact: 1, within_1_koruna: 1, differs: 1 },
      disagreeing: [],
    });
    expect(outcome.sum).toBe(0);
    expect(succeeded(outcome)).toBe(true);
  });

  it('books the other side of each row on its own account, without a limit', async () => {
    await play();
    const balances = Object.fromEntries([...server.accounts].map(([id, { available }]) => [id, available]));
    expect(balances).toEqual({
      'cust:2': 600,
      'cust:4': 5050,
      'cust:6': 600,
      'bank:cash': -1700,
      'bank:interest': -50,
      'bank:fees': 100,
      'party:household': 1300,
      'party:pension': -900,
      'partner_bank:AB': -5000,
    });
    expect(server.accounts.get('bank:cash')?.limit).toBe(Infinity);
  });

  it('gives a customer the credit that the file shows, and no more', async () => {
    await play();
    expect(server.accounts.get('cust:2')?.limit).toBe(300);
    expect(server.accounts.get('cust:4')?.limit).toBe(0);
  });

  it('changes nothing the second time', async () => {
    await play();
    const again = await replay({ file, url: server.url, expected, silent: true });
    expect(again.tally).toMatchObject({ posted: 0, alreadyThere: 7 });
    expect(server.posted).toHaveLength(7);
    expect(succeeded(again)).toBe(true);
  });

  it('sends batches no larger than the server takes, in file order, within its credit', async () => {
    await play({ maxBatch: 2, credit: 3 });
    expect(server.posted).toEqual(['1', '2', '3', '4', '5', '6', '7'].map((id) => `bank:${id}`));
    expect(server.unansweredMax).toBe(3);
  });

  it('does without a file of expected balances', async () => {
    server = await FakeServer.start();
    const outcome = await replay({ file, url: server.url, silent: true });
    expect(succeeded(outcome)).toBe(true);
    expect(reportText(outcome)).toContain('No file of expected balances');
  });
});

describe('a connection that is lost', () => {
  it('before a batch was carried out: the batch is sent again', async () => {
    const outcome = await play({ maxBatch: 2, credit: 1, misfortunes: { 2: 'cut_before' } });
    expect(outcome.tally).toMatchObject({ posted: 7, alreadyThere: 0 });
    expect(server.connections).toBe(2);
    expect(outcome.losses).toBe(1);
  });

  it('after a batch was carried out: what was done is told apart from what an earlier replay did', async () => {
    const outcome = await play({ maxBatch: 2, credit: 1, misfortunes: { 2: 'cut_after' } });
    expect(outcome.tally).toMatchObject({ posted: 5, alreadyThere: 2, resentAlreadyThere: 2 });
    expect(server.posted).toHaveLength(7);
    expect(reportText(outcome)).toContain('Lost connections: 1; sent again for it and found there already: 2.');
    expect(succeeded(outcome)).toBe(true);
  });

  // Batch 1 brings the money that batch 2 spends: were only batch 1 sent again, batch 2 would have been refused by then.
  it('for load: later batches do not overtake the one that was refused', async () => {
    const outcome = await play({ maxBatch: 1, misfortunes: { 1: 'overloaded', 9: 'overloaded' } });
    expect(outcome.tally.refused.size).toBe(0);
    expect(server.posted).toHaveLength(7);
    expect(succeeded(outcome)).toBe(true);
  });
});

describe('a replay that went wrong', () => {
  it('counts refusals by code', async () => {
    const outcome = await play();
    write(file, [HEADER, ...ROWS, '8,6,1993-01-07,debit,cash_withdrawal,601,0,,,']);
    const again = await replay({ file, url: server.url, expected, silent: true });
    expect(succeeded(outcome)).toBe(true);
    expect(succeeded(again)).toBe(false);
    expect(JSON.parse(reportJson(again))).toMatchObject({
      ok: false,
      refused: { insufficient_funds: 1 },
      accounts_off_own_sum: ['cust:6'],
    });
  });

  it('names the account whose balance is not the sum', async () => {
    const outcome = await play({ spoil: { account: 'cust:2', by: 1 } });
    expect(succeeded(outcome)).toBe(false);
    expect(outcome.comparison).toMatchObject({ atSignedSum: 2, wrong: ['cust:2'], disagreeing: ['cust:2'] });
    expect(outcome.sum).toBe(1);
    expect(reportText(outcome)).toMatch(/Not at the expected sum: cust:2\.[^]*do not add up to zero/);
  });

  it('says when the file judges an account differently', async () => {
    write(expected, [EXPECTED[0] ?? '', '2,3,600,600|900,differs', ...EXPECTED.slice(2)]);
    const outcome = await play();
    expect(outcome.comparison?.disagreeing).toEqual(['cust:2']);
    expect(reportText(outcome)).toContain('judges differently: cust:2');
    expect(succeeded(outcome)).toBe(true);
  });

  it('says at once that there is no server, or that it wants a key', async () => {
    server = await FakeServer.start({ refuseUpgrade: 401 });
    await expect(replay({ file, url: server.url, silent: true })).rejects.toThrow(/HTTP 401: pass an API key/);
    await expect(replay({ file, url: 'http://127.0.0.1:1', silent: true })).rejects.toThrow(/no connection to/);
  });

  it('names the line that it does not understand', async () => {
    write(file, [HEADER, ROWS[0] ?? '', '9,2,1993-01-01,debit,cheque,5,0,,,']);
    server = await FakeServer.start();
    await expect(replay({ file, url: server.url, silent: true })).rejects.toThrow(
      /csv:3: unknown kind "debit\|cheque\|"/,
    );
    expect(server.accounts.size).toBe(0);
  });
});

/** Runs the command on `file`; what it printed, and the exit code it asked for. */
async function command(...words: string[]): Promise<{ text: string; exitCode: unknown }> {
  let text = '';
  const program = new Command().configureOutput({
    writeOut: (line) => (text += line),
    writeErr: (line) => (text += line),
  });
  registerReplay(program);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await program.parseAsync(['replay', file, '--url', server.url, ...words], { from: 'user' });
    return { text, exitCode: process.exitCode };
  } finally {
    process.exitCode = before;
  }
}

describe('florin replay', () => {
  it('finds the expected balances beside the file and exits with 1 when one differs', async () => {
    server = await FakeServer.start({ spoil: { account: 'cust:2', by: 1 } });
    const { text, exitCode } = await command('--json');
    expect(JSON.parse(text)).toMatchObject({ ok: false, expected: { wrong: ['cust:2'] } });
    expect(exitCode).toBe(1);
  });

  it('says in one line why it cannot run', async () => {
    server = await FakeServer.start();
    const { text, exitCode } = await command('--expected', join(folder, 'none.csv'));
    expect(text).toMatch(/^florin replay: ENOENT[^\n]*none\.csv'\n$/);
    expect(exitCode).toBe(1);
  });

  it('prints a table', async () => {
    server = await FakeServer.start();
    const { text, exitCode } = await command();
    expect(text).toMatch(/ended at signed sum +3 of 3\n/);
    expect(exitCode).toBeUndefined();
  });
});

const REAL = new URL('../../../shared/data/bank-replay/', import.meta.url).pathname;

// The file lies beside the project, not in it.
describe.skipIf(!existsSync(REAL))('the transactions of a Czech bank (skipped where the shared data is not)', () => {
  it('end where the bank says, as far as the bank agrees with itself', async () => {
    server = await FakeServer.start();
    const outcome = await replay({
      file: join(REAL, 'transactions.csv'),
      url: server.url,
      expected: join(REAL, 'expected-balances.csv'),
      silent: true,
    });
    expect(outcome).toMatchObject({ transactions: 23_932, customers: 591, sum: 0, offOwnSum: [] });
    expect(outcome.comparison).toMatchObject({
      accounts: 591,
      atSignedSum: 591,
      split: { exact: 276, within_1_koruna: 299, differs: 16 },
      disagreeing: [],
    });
    expect(outcome.tally).toMatchObject({ posted: 23_932, refused: new Map() });
  });
});
