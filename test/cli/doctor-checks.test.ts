import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkDisk,
  checkGlibc,
  checkNode,
  checkOpenFiles,
  checkPort,
  checkSync,
  checkTransport,
  judgeDisk,
} from '../../src/cli/doctor-checks.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'florin-doctor-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['18.20.0', 'fail'],
  ['20.0.0', 'ok'],
  ['21.5.0', 'warn'],
  ['24.1.0', 'ok'],
  ['26.0.0', 'warn'],
])('Node %s: %s', (node, status) => {
  expect(checkNode({ node, modules: '115' })).toMatchObject({ status, detail: `${node} (ABI 115)` });
});

test.each([
  ['2.36', 'ok'],
  [undefined, 'warn'],
])('glibc %s: %s', (version, status) => {
  expect(checkGlibc(version).status).toBe(status);
});

test.each([
  ['auto', 'uws', 'ok'],
  ['auto', 'node', 'warn'],
  ['node', 'node', 'ok'],
] as const)('transport %s gives %s: %s', (wanted, name, status) => {
  const check = checkTransport(wanted, (asked) => ({ name, version: `for ${asked}` }));
  expect(check).toMatchObject({ status, detail: `${name} for ${wanted}` });
});

test('a transport that cannot load: fail, with its message', () => {
  const check = checkTransport('uws', () => {
    throw new Error('no native build');
  });
  expect(check).toMatchObject({ status: 'fail', detail: 'Error: no native build', remedy: expect.any(String) });
});

describe('a port', () => {
  test('that is taken fails and names the flag; once free it is ok', async () => {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const taken = await checkPort('api port', '127.0.0.1', port, '--port');
    expect(taken).toMatchObject({ status: 'fail', detail: `127.0.0.1:${port}: EADDRINUSE` });
    expect(taken.remedy).toContain('--port');
    await new Promise((closed) => server.close(closed));
    expect(await checkPort('api port', '127.0.0.1', port, '--port')).toMatchObject({ status: 'ok' });
    // Twice: the check itself must not keep the port.
    expect(await checkPort('api port', '127.0.0.1', port, '--port')).toMatchObject({ status: 'ok' });
  });

  test('on an address of another machine fails', async () => {
    const check = await checkPort('api port', '192.0.2.1', 0, '--port');
    expect(check).toMatchObject({ status: 'fail', remedy: 'This machine has no address 192.0.2.1.' });
  });
});

test.each([
  ['plenty', 6, 0xef53, 'ok'],
  ['little', 4, 0xef53, 'warn'],
  ['nearly none', 0.2, 0xef53, 'fail'],
  ['plenty, in memory', 6, 0x01021994, 'warn'],
  ['nearly none, in memory', 0.2, 0x01021994, 'fail'],
])('free space, %s: %s GiB on %i is %s', (_, gibibytes, fileSystem, status) => {
  expect(judgeDisk(folder, gibibytes * 1_024 ** 3, fileSystem).status).toBe(status);
});

describe('the data folder', () => {
  test('is measured where it would be made, and nothing is left there', () => {
    const wanted = join(folder, 'not', 'yet');
    expect(checkDisk(wanted).detail).toMatch(/^\d+\.\d GiB free/);
    const sync = checkSync(wanted);
    const perSecond = Number(/ ([\d,]+) fdatasync/.exec(sync.detail)?.[1]?.replaceAll(',', ''));
    expect(perSecond).toBeGreaterThan(0);
    expect(sync.status).toBe(perSecond >= 200 ? 'ok' : 'warn');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('below a file fails both checks', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const expected = { status: 'fail', detail: `Error: ${file} is not a folder`, remedy: expect.any(String) };
    expect(checkDisk(file)).toMatchObject(expected);
    expect(checkSync(file)).toMatchObject(expected);
    // The kernel itself refuses to look below a file.
    expect(checkSync(join(file, 'below'))).toMatchObject({ status: 'fail' });
  });
});

test.each([
  [1_024, 'warn'],
  [9_999, 'warn'],
  [10_000, 'ok'],
  ['unlimited', 'ok'],
  [undefined, 'ok'],
] as const)('%s open files: %s', (limit, status) => {
  expect(checkOpenFiles(limit).status).toBe(status);
});
