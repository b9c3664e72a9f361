// A browser of an end-to-end test: the Chromium that the system has, without a window.

import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const PLACE = PLACES.find((path) => existsSync(path));

/** Whether there is one; where not, tests that need it are skipped. */
export const hasBrowser = PLACE !== undefined;

export const DESKTOP = { viewport: { width: 1_280, height: 900 } } as const;
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

/** Where screenshots are kept, by the environment; '' keeps none. */
const SCREENSHOTS = process.env['FLORIN_SCREENSHOTS'] ?? '';

/** Ends with the test. A sandbox of its own it has only for who is not root. */
export async function openBrowser(): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: PLACE ?? '', args });
  onTestFinished(() => browser.close());
  return browser;
}

/** A console in a window of its own, and what went wrong in it. */
export class Window {
  readonly page: Page;
  /** Messages of the console and faults of scripts, but those that a lost connection makes. */
  readonly troubles: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.#note(message.text());
    });
    page.on('pageerror', (error) => this.#note(String(error)));
  }

  static async open(browser: Browser, opsPort: number, options: BrowserContextOptions = DESKTOP): Promise<Window> {
    const context = await browser.newContext(options);
    const window = new Window(await context.newPage());
    await window.page.goto(`http://127.0.0.1:${opsPort}/console`);
    return window;
  }

  async turnTo(name: string): Promise<void> {
    await this.page.getByRole('link', { name, exact: true }).click();
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  /** What a tile says: its number, and the line below. */
  async figure(id: string): Promise<string> {
    return (await this.page.locator(`[data-figure="${id}"]`).innerText()).replaceAll('\n', ' ');
  }

  /** Rows of a table by its caption, cell by cell. */
  async rows(caption: string): Promise<string[][]> {
    const rows = this.page.getByRole('region', { name: caption, exact: true }).locator('tbody tr');
    return rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  }

  async expectNoSidewaysScrolling(): Promise<void> {
    const [content, window] = await this.page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, innerWidth]',
    );
    expect(content).toBeLessThanOrEqual(window);
  }

  async keepScreenshot(name: string): Promise<void> {
    if (SCREENSHOTS === '') return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: join(SCREENSHOTS, `console-${name}.png`) });
  }

  #note(text: string): void {
    if (!/net::ERR_|Failed to fetch|status of 503/.test(text)) this.troubles.push(text);
  }
}
