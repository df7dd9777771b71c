/** The pages that commands write, in a real browser: nothing in its console, nothing loaded, read at both widths. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openFile, sideways } from '../support/browser.ts';
import { interlock } from '../support/command-line.ts';
import { flowFiles, undoable } from '../support/rehearsing.ts';

const TIME = 120_000;
const WIDTHS = [1280, 400];
/** Of a text as it is on the screen; smaller is no reading. */
const LEAST_TEXT = 10;

let folder = '';
let browser: Browser | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pages-'));
  browser = await openBrowser();
  if (!browser) return;
  const small = flowFiles({ first: undoable('first'), second: undoable('second') });
  await write(['report', 'state-machines/order-fulfilment', '--html', join(folder, 'report.html')]);
  for (const [name, text] of Object.entries(small)) writeFileSync(join(folder, name), text);
  const most = ['--most', '150', '--for', '0s'];
  await write(['rehearse', join(folder, 'flow.arazzo.json'), ...most, '--html', join(folder, 'rehearsal.html')]);
}, TIME);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function write(words: readonly string[]): Promise<void> {
  const said = await interlock(words);
  expect(said.code, said.error).toBe(0);
}

const PAGES = ['report.html', 'rehearsal.html'].flatMap((name) => WIDTHS.map((width) => [name, width] as const));

describe('a page', () => {
  test.each(PAGES)(
    'opens without a complaint and without scrolling sideways: %s at %i',
    async (name, width) => {
      if (!browser) return;
      const { page, complaints } = await openFile(browser, join(folder, name), width);
      expect(await page.locator('h1').textContent()).toBeTruthy();
      expect(await sideways(page)).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    },
    TIME,
  );

  test.each(WIDTHS)(
    'of a report has drawings that can be read at %i: no words outside their box, none too small',
    async (width) => {
      if (!browser) return;
      const { page } = await openFile(browser, join(folder, 'report.html'), width);
      const drawn = await page.evaluate(() =>
        [...document.querySelectorAll('.node')].flatMap((node) => {
          const shape = node.querySelector('rect, path')?.getBoundingClientRect();
          return [...node.querySelectorAll('text')].map((text) => {
            const box = text.getBoundingClientRect();
            const isInside = shape !== undefined && box.left >= shape.left - 1 && box.right <= shape.right + 1;
            return { text: text.textContent, isInside, height: box.height };
          });
        }),
      );
      expect(drawn.length).toBeGreaterThan(50);
      expect(drawn.filter(({ isInside }) => !isInside)).toEqual([]);
      expect(drawn.filter(({ height }) => height < LEAST_TEXT)).toEqual([]);
      await page.close();
    },
    TIME,
  );

  test(
    'of a rehearsal shows the timeline that a cell leads to, by mouse and by keyboard',
    async () => {
      if (!browser) return;
      const { page, complaints } = await openFile(browser, join(folder, 'rehearsal.html'), 1280);
      const cell = page.locator('table a.cell').first();
      await cell.click();
      expect(await page.locator('section.story:target ol li').count()).toBeGreaterThan(3);
      await page.locator('section.story:target a', { hasText: 'Back to the matrix' }).press('Enter');
      expect(await page.locator('section.story:target').count()).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    },
    TIME,
  );
});
