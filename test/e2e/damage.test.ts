// A data folder that was damaged while no server ran on it: what a crash can leave is cut and told, anything else
// refuses to start, and says where.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import { open } from 'lmdb';
import { beforeEach, describe, expect, test } from 'vitest';
import { Client } from './support/client.ts';
import { florin } from './support/program.ts';
import { launchServer, newSite, startServer, type Server, type Site } from './support/server.ts';

/** Frames of the journal before the damage: the day, two accounts, then one transfer of 1 each. */
const FRAMES = 10;
const TRANSFERS = FRAMES - 3;

let site: Site;
let server: Server;

beforeEach(async () => {
  site = await newSite();
  server = await startServer(site);
  const client = await Client.open(site.port);
  for (const id of ['alice', 'bob']) {
    await client.ask('accounts.create', { id, currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
  }
  for (let number = 1; number <= TRANSFERS; number++) {
    const body = { id: `t${number}`, debit_account: 'alice', credit_account: 'bob', amount: 1 };
    await client.ask('transfers.create', body);
  }
  expect(await server.metric('journal_position')).toBe(FRAMES);
});

/** Changes one frame of the journal; `null` removes it. */
async function change(seq: number, to: (frame: Buffer) => Buffer | null): Promise<void> {
  const root = open({ path: join(site.data, 'journal'), maxDbs: 1, cache: false });
  const frames = root.openDB<Buffer, number>({ name: 'frames', encoding: 'binary', keyEncoding: 'uint32' });
  const frame = frames.get(seq);
  if (frame === undefined) throw new Error(`no frame ${seq}`);
  const changed = to(Buffer.from(frame));
  await (changed === null ? frames.remove(seq) : frames.put(seq, changed));
  await root.close();
}

/** One bit of the frame, counted from its end. */
function flipBit(byteFromEnd: number): (frame: Buffer) => Buffer {
  return (frame) => {
    const at = frame.length - byteFromEnd;
    frame[at] = (frame[at] ?? 0) ^ 0b100;
    return frame;
  };
}

/** The frame with another time, and a checksum that fits. */
function forged(frame: Buffer): Buffer {
  frame.writeDoubleBE(frame.readDoubleBE(24) - 1, 24);
  return checked(frame);
}

function renumbered(seq: number): (frame: Buffer) => Buffer {
  return (frame) => {
    frame.writeDoubleBE(seq, 16);
    return checked(frame);
  };
}

/** With its checksum written anew. */
function checked(frame: Buffer): Buffer {
  const end = frame.length - 4;
  frame.writeUInt32BE(crc32c(frame.subarray(0, end)), end);
  return frame;
}

/** Without snapshots every frame is read at start. */
function forgetSnapshots(): void {
  rmSync(join(site.data, 'state'), { recursive: true });
}

/** The one line that a start says which the damage refuses. */
async function refusal(): Promise<string> {
  const next = launchServer(site);
  expect(await next.ended).toEqual({ code: 1, signal: null });
  const said = next.err.split('\n').filter((line) => line !== '' && !line.startsWith('recovery:'));
  expect([next.out, said.length]).toEqual(['', 1]);
  expect(said[0]).toMatch(/^florin cannot start: /);
  return said[0] ?? '';
}

async function balanceOfBob(): Promise<number> {
  const client = await Client.open(site.port);
  const { available } = await client.ask('accounts.get', { id: 'bob' });
  return Number(available);
}

describe('after a stop in good order', () => {
  beforeEach(async () => {
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  test('an untouched folder starts and is verified', async () => {
    const { code, out } = await florin('verify', '--data', site.data);
    expect([code, out]).toEqual([0, expect.stringMatching(/frames in the chain +10 [^]*Σ EUR +0 [^]*verified ✔/)]);
    await startServer(site);
    expect(await balanceOfBob()).toBe(TRANSFERS);
  });

  test('a flipped bit in the last frame refuses to start, and names frame and byte', async () => {
    await change(FRAMES, flipBit(10));
    expect(await refusal()).toMatch(/journal is damaged at frame 10, byte \d+: checksum does not match$/);
  });

  test('a last frame cut short refuses: the snapshot has seen all of it', async () => {
    await change(FRAMES, (frame) => frame.subarray(0, -1));
    expect(await refusal()).toMatch(/journal is damaged at frame 10, byte \d+: frame ends before its checksum$/);
  });

  test('a last frame that is gone refuses: the snapshot is newer than the journal', async () => {
    await change(FRAMES, () => null);
    expect(await refusal()).toContain('the journal ends at frame 9, but a snapshot of frame 10 exists');
  });

  test('a flipped bit in a frame behind the snapshot is found by verify', async () => {
    await change(4, flipBit(10));
    const { code, err } = await florin('verify', '--data', site.data, '--json');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^florin verify: journal is damaged at frame 4, byte \d+: /),
    ]);
  });

  describe('and without its snapshot', () => {
    beforeEach(forgetSnapshots);

    test('the journal alone is enough', async () => {
      await startServer(site);
      expect(await balanceOfBob()).toBe(TRANSFERS);
    });

    test.each([
      ['a flipped bit', flipBit(20), 'checksum does not match'],
      ['a frame cut short', (frame: Buffer) => frame.subarray(0, -1), 'frame ends before its checksum'],
      ['bytes too many', (frame: Buffer) => Buffer.concat([frame, Buffer.alloc(1)]), 'bytes after the checksum'],
      ['a frame that is gone', () => null, 'frame is missing'],
    ])('%s in the middle refuses to start, and names frame and byte', async (_, to, reason) => {
      await change(5, to);
      expect(await refusal()).toMatch(new RegExp(`journal is damaged at frame 5, byte \\d+: ${reason}$`));
    });

    test('a frame with another number is not taken for the one that is missing', async () => {
      await change(5, renumbered(4));
      expect(await refusal()).toContain('journal is damaged at frame 5, byte 16: frame says that it is number 4');
    });

    test('a frame that somebody wrote anew, checksum and all, is found by the one after it', async () => {
      await change(5, forged);
      expect(await refusal()).toContain('journal is damaged at frame 6, byte 32: frame does not follow');
    });
  });
});

describe('after a crash', () => {
  beforeEach(async () => {
    await server.kill();
  });

  test('a last frame cut short is removed, with a line in the log, and the server starts', async () => {
    await change(FRAMES, (frame) => frame.subarray(0, -1));
    const next = await startServer(site);
    const lines = next.err.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ level: 40, seq: FRAMES, msg: expect.stringContaining('cut short by a crash') }),
    ]);
    expect(await next.metric('journal_position')).toBe(FRAMES - 1);
    expect(await balanceOfBob()).toBe(TRANSFERS - 1);
    await next.stop();
    expect((await florin('verify', '--data', site.data)).code).toBe(0);
  });

  test('a flipped bit in the last frame is no torn write: it refuses to start', async () => {
    await change(FRAMES, flipBit(10));
    expect(await refusal()).toMatch(/journal is damaged at frame 10, byte \d+: checksum does not match$/);
  });

  test('what refuses to start changes nothing, and says the same again', async () => {
    await change(5, flipBit(20));
    const first = await refusal();
    expect(await refusal()).toBe(first);
    await change(5, flipBit(20));
    await startServer(site);
    expect(await balanceOfBob()).toBe(TRANSFERS);
  });
});
