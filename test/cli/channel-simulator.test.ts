// `florin channel-simulator` as people start it: what it says, and what it refuses to start with.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { registerChannelSimulator } from '../../src/cli/channel-simulator.ts';
import { clientOf } from '../channels/support/simulator-client.ts';
import { startSimulatorProcess } from '../channels/support/simulator.ts';
import { temporaryFolder } from '../support/folder.ts';
import { runCommand } from './run-command.ts';

/** Processes start from the source here, seconds each on a machine that others use too. */
vi.setConfig({ testTimeout: 120_000 });

function fileOf(text: string): string {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, text);
  return path;
}

test('starts with a secret, a seed and rules from files, and says where it is', async () => {
  const secret = 'a secret of thirty-two characters';
  const rules = { rules: [{ match: { verb: 'pay' }, do: [{ fault: 'refuse', reason: 'declined' }] }] };
  const flags = ['--secret-file', fileOf(`${secret}\n`), '--faults', fileOf(JSON.stringify(rules)), '--seed', '42'];
  const simulator = await startSimulatorProcess(...flags);
  onTestFinished(async () => void (await simulator.end()));
  expect(simulator).toMatchObject({ seed: 42, url: `http://127.0.0.1:${simulator.port}` });
  const body = { number: 'p1', amount: 100, currency: 'EUR' };
  expect((await clientOf(simulator.url, secret)('POST', '/payments', body)).body?.reason).toBe('declined');
  expect((await clientOf(simulator.url)('POST', '/payments', body)).status).toBe(401);
});

describe('does not start', () => {
  const refused = async (...flags: string[]): Promise<string> => {
    const { out, err, exitCode } = await runCommand(registerChannelSimulator, 'channel-simulator', ...flags);
    expect([out, exitCode]).toEqual(['', 1]);
    return err;
  };

  test('for the whole network with the secret that everybody knows', async () => {
    expect(await refused('--host', '0.0.0.0')).toContain('--host 0.0.0.0 needs --secret-file');
  });

  test('with a short secret', async () => {
    expect(await refused('--secret-file', fileOf('short'))).toContain('less than 32 characters');
  });

  test('with a rule that is misspelt', async () => {
    const faults = fileOf('{"rules":[{"do":[{"fault":"drop_replies"}]}]}');
    expect(await refused('--faults', faults)).toContain('rules[0].do[0].fault must be one of');
  });

  test('on a port that is taken', async () => {
    const first = await startSimulatorProcess();
    onTestFinished(async () => void (await first.end()));
    expect(await refused('--port', String(first.port))).toContain('choose another with --port');
  });

  test.each([
    ['--port', '65536'],
    ['--time-scale', '0'],
    ['--callback-url', 'ftp://example.com'],
    ['--seed', '-1'],
  ])('with %s %s', async (flag, value) => {
    const register = (program: Command): void => {
      registerChannelSimulator(program);
      for (const command of program.commands) command.exitOverride();
    };
    await expect(runCommand(register, 'channel-simulator', flag, value)).rejects.toThrow(`option '${flag} `);
  });
});
