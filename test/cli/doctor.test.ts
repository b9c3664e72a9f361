import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Check } from '../../src/cli/doctor-checks.ts';
import { registerDoctor, renderCheck } from '../../src/cli/doctor.ts';
import { coloursFor } from '../../src/cli/terminal/colour.ts';
import { runCommand } from './run-command.ts';

let folder: string;
let server: Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'florin-doctor-'));
  server = createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});

afterEach(async () => {
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true });
});

const doctor = (...words: string[]) =>
  runCommand(registerDoctor, 'doctor', '--data', folder, '--port', '0', '--ops-port', '0', ...words);

function takenPort(): string {
  const address = server.address();
  return String(typeof address === 'object' ? address?.port : address);
}

const names = ['node', 'glibc', 'transport', 'api port', 'operations port', 'disk', 'data', 'open files'];

test('goes through all checks in order and leaves with 0 when none fails', async () => {
  const { out, exitCode } = await doctor('--json');
  const { ready, checks }: { ready: boolean; checks: Check[] } = JSON.parse(out);
  expect(checks.map((check) => check.name)).toEqual(names);
  expect(checks.filter((check) => check.status === 'fail')).toEqual([]);
  expect({ ready, exitCode }).toEqual({ ready: true, exitCode: 0 });
});

test('a failed check has a line with its remedy below, and the exit code is 1', async () => {
  const port = takenPort();
  const { out, exitCode } = await doctor('--port', port);
  const lines = out.split('\n');
  const at = lines.findIndex((line) => line.startsWith('fail  api port'));
  expect(lines[at]).toContain(`127.0.0.1:${port}: EADDRINUSE`);
  expect(lines[at + 1]?.trim()).toContain('--port');
  expect(exitCode).toBe(1);
});

test('a failure is in the JSON too', async () => {
  const { out, exitCode } = await doctor('--ops-port', takenPort(), '--json');
  expect(JSON.parse(out)).toMatchObject({ ready: false });
  expect(exitCode).toBe(1);
});

test('a wrong configuration is told before anything is measured', async () => {
  const { out, err, exitCode } = await doctor('--transport', 'http');
  expect(err).toContain('expected one of auto, uws, node');
  expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 });
});

test('a line is readable without colour', () => {
  const check = { name: 'node', status: 'warn', detail: '21', remedy: 'Use 22.' } as const;
  const text = renderCheck(check, coloursFor({}, {}));
  expect(text).toBe(`warn  node             21\n${' '.repeat(23)}Use 22.`);
});
