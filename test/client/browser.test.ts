// The build for browsers: it is bundled as pages are, nothing of Node is in it, and in a real browser it does what it does in
// Node. Where there is no chromium the last of these is skipped.

import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as ask, type IncomingMessage, type Server } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type BuildResult } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useApi } from '../gateway/api/support/api.ts';

const CLIENT = join(import.meta.dirname, '../../src/client/browser.ts');
const BROWSER_MS_MAX = 25_000;

/** A page that moves money and says what came of it in its title. */
const PAGE = `
import { connect } from ${JSON.stringify(CLIENT)};
const said = async () => {
  const texts = [];
  for (const way of [{ encoding: 'msgpack' }, { encoding: 'json' }, { transport: 'http' }]) {
    const florin = connect({ url: location.origin, timeoutMs: 15000, ...way });
    const rich = await florin.accounts.create({ currency: 'EUR', kind: 'user', credit_limit: 'unlimited' });
    const poor = await florin.accounts.create({ currency: 'EUR', kind: 'user' });
    const events = way.encoding ? await florin.subscribe('accounts:' + poor.id) : null;
    const pay = (amount) => florin.transfer({ debit_account: rich.id, credit_account: poor.id, amount });
    const back = { debit_account: poor.id, credit_account: rich.id, amount: 100 };
    const results = await Promise.all([pay(1), pay(2), florin.transfer(back)]);
    const { value } = events ? await events.next() : { value: { event: 'none' } };
    const { available } = await florin.accounts.get(poor.id);
    texts.push([...results.map(({ status }) => status), available, value.event].join(','));
    await florin.close();
  }
  return texts.join(' ');
};
const told = (text) => fetch('/told', { method: 'POST', body: text });
said().then(told, (error) => told('failed: ' + error));
`;

async function bundled(contents: string): Promise<BuildResult<{ metafile: true; write: false }>> {
  return build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
}

/** A page and the API on one origin, as behind the proxy of a merchant; `told` resolves with what the page says. */
async function serve(
  script: string,
  port: number,
): Promise<{ readonly origin: string; readonly told: Promise<string> }> {
  let tell: (text: string) => void = () => undefined;
  const told = new Promise<string>((resolve) => (tell = resolve));
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    if (url === '/told') return void textOf(request).then(tell, tell);
    if (url.startsWith('/v1/')) {
      const onward = ask({ port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      return void request.pipe(onward);
    }
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<script type="module">${script}</script>`);
  });
  passUpgrades(server, port);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, told };
}

function passUpgrades(server: Server, port: number): void {
  server.on('upgrade', (request: IncomingMessage, socket) => {
    const onward = connectTcp(port, '127.0.0.1', () => {
      const { rawHeaders, method, url } = request;
      const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []));
      onward.write(`${method} ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.pipe(onward).pipe(socket);
    });
    for (const one of [socket, onward]) one.on('error', () => void [socket.destroy(), onward.destroy()]);
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function chromium(): string | null {
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

describe('the client for browsers', () => {
  const api = useApi({ transport: 'node' });

  it('has nothing of Node in it', async () => {
    const { metafile, warnings } = await bundled(PAGE);
    expect(warnings).toEqual([]);
    const inputs = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
    expect(inputs.filter(({ external }) => external)).toEqual([]);
    const packages = Object.keys(metafile.inputs).map((path) => /node_modules\/([^/]+)\//.exec(path)?.[1]);
    expect(new Set(packages)).toEqual(new Set([undefined, 'msgpackr']));
  });

  const program = chromium();
  it.skipIf(program === null)(
    'moves money from a page',
    async () => {
      const { outputFiles } = await bundled(PAGE);
      const { origin, told } = await serve(outputFiles[0]?.text ?? '', api.server.port);
      const profile = mkdtempSync(join(tmpdir(), 'florin-browser-'));
      const flags = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        `--user-data-dir=${profile}`,
      ];
      // A group of its own: what it starts writes to the profile as well, and ends with it.
      const browser = spawn(program ?? '', [...flags, origin], { detached: true, stdio: 'ignore' });
      onTestFinished(async () => {
        const ended = once(browser, 'exit');
        if (browser.exitCode === null && process.kill(-(browser.pid ?? 0), 'SIGKILL')) await ended;
        rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
      });
      expect(await told).toBe(
        ['transfer.posted', 'transfer.posted', 'none'].map((event) => `posted,posted,refused,3,${event}`).join(' '),
      );
    },
    BROWSER_MS_MAX,
  );
});
