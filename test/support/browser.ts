/**
 * A headless browser of the machine, for tests of pages. It opens files and nothing else: every request beyond the page's
 * own file is refused and told. Where there is no browser the tests say so and pass, unless BROWSER_REQUIRED is set.
 */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const KNOWN = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Undefined where there is none and none is required; why is printed. */
export async function openBrowser(): Promise<Browser | undefined> {
  const path = [process.env['BROWSER_PATH'] ?? '', ...KNOWN].find((one) => existsSync(one));
  if (path !== undefined) return await chromium.launch({ executablePath: path, args: QUIET });
  const why = `no browser at ${KNOWN.join(', ')} and none named by BROWSER_PATH`;
  if (process.env['BROWSER_REQUIRED']) throw new Error(`BROWSER_REQUIRED is set, and there is ${why}`);
  process.stderr.write(`pages were not opened: there is ${why} (apt-get install chromium-headless-shell)\n`);
  return undefined;
}

export interface OpenedPage {
  readonly page: Page;
  /** What its console said that is an error or a warning, what it failed with, and what it would have loaded. */
  readonly complaints: readonly string[];
}

export async function openFile(browser: Browser, file: string, width: number): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'log') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  const own = pathToFileURL(file).href;
  await page.route('**', async (route) => {
    const url = route.request().url();
    if (url === own) return await route.continue();
    complaints.push(`loads ${url}`);
    return await route.abort();
  });
  await page.goto(own);
  return { page, complaints };
}

/** How far the page can be scrolled to the side; nothing but what has a box of its own may. */
export async function sideways(page: Page): Promise<number> {
  return await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
