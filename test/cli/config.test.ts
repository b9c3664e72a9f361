import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerConfig } from '../../src/cli/config.ts';
import { options } from '../../src/option-table.ts';
import { runCommand } from './run-command.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'florin-config-'));
  file = join(folder, 'florin.json');
  writeFileSync(file, JSON.stringify({ batchMax: 500, port: 1 }));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const print = (...words: string[]) => runCommand(registerConfig, 'config', 'print', '--config', file, ...words);

test('prints a line for every option, with value, source and unit', async () => {
  vi.stubEnv('FLORIN_OPS_PORT', '9191');
  const { out, exitCode } = await print('--port', '8181', '--day-cut', '18:00');
  expect(exitCode).toBe(0);
  const lines = out.split('\n');
  const line = (name: string) => lines.find((text) => text.startsWith(`${name} `))?.split(/ {2,}/);
  expect(line('port')).toEqual(['port', '8181', 'flag', 'port']);
  expect(line('opsPort')).toEqual(['opsPort', '9191', 'environment', 'port']);
  expect(line('batchMax')).toEqual(['batchMax', '500', 'file', 'transfers']);
  expect(line('dayCut')).toEqual(['dayCut', '18:00', 'flag', 'HH:MM UTC']);
  expect(line('originsAllowed')).toEqual(['originsAllowed', 'none', 'default', 'origins']);
  for (const name of Object.keys(options)) expect(line(name)).toBeDefined();
  expect(out).toContain(`file: ${file}`);
});

test('prints JSON', async () => {
  const { out } = await print('--json');
  expect(JSON.parse(out)).toContainEqual({ name: 'batchMax', value: 500, source: 'file', unit: 'transfers' });
});

test('tells every problem and leaves with 1, printing no table', async () => {
  vi.stubEnv('FLORIN_PROT', '1');
  const { out, err, exitCode } = await print('--port', 'x');
  expect(err.trim().split('\n')).toEqual([expect.stringContaining('FLORIN_PORT'), expect.stringContaining('--port')]);
  expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 });
});
