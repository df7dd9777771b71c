/**
 * Every code of the registry has three things: an entry, a page (docs/errors) and a golden that triggers it
 * (test/diagnostics), and nothing else lies about. UPDATE=1 rewrites what the goldens print and the index of the pages.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROBLEMS } from '../lib/api/problems.ts';
import type { CodeEntry } from '../lib/diagnostics/code.ts';
import { phases } from '../lib/diagnostics/registry.ts';
import { goldenText } from './support/diagnostic-golden.ts';

const PAGES = join(import.meta.dirname, '../docs/errors');
const GOLDENS = join(import.meta.dirname, 'diagnostics');
const rewrites = process.env.UPDATE === '1';

interface NamedCode {
  readonly code: string;
  readonly name: string;
  readonly entry: CodeEntry;
}

const codes: readonly NamedCode[] = Object.values(phases).flatMap((table) =>
  Object.entries(table).map(([code, entry]) => ({ code, name: `${code}-${entry.slug}`, entry })),
);

/** What the run API answers: with pages like the rest, and with a test of their own in place of goldens. */
const problems: readonly { readonly code: string; readonly name: string; readonly title: string }[] = Object.entries(
  PROBLEMS,
).map(([slug, { code, title }]) => ({ code, name: `${code}-${slug}`, title }));

describe('the registry', () => {
  it('has each code and each slug once, under its phase', () => {
    const wrong = Object.entries(phases).flatMap(([phase, table]) =>
      Object.keys(table).filter((code) => !new RegExp(`^${phase}\\d{3}$`).test(code)),
    );
    expect(wrong).toEqual([]);
    expect(repeated(codes.map(({ code }) => code))).toEqual([]);
    expect(repeated([...codes.map(({ entry }) => entry.slug), ...Object.keys(PROBLEMS)])).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(problems.map((_, at) => `API${String(at + 1).padStart(3, '0')}`));
    expect(codes.filter(({ entry }) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(entry.slug))).toEqual([]);
  });

  it('says each rule in one line without a period', () => {
    expect(
      codes.filter(({ entry }) => entry.title.length > 100 || /[.\n]$/.test(entry.title)).map(({ code }) => code),
    ).toEqual([]);
  });

  it('has a page and a golden for each code, and none for a code that is gone', () => {
    const names = codes.map(({ name }) => name).sort();
    const known = [...names, ...problems.map(({ name }) => name)];
    const pages = readdirSync(PAGES)
      .filter((file) => file !== 'README.md')
      .map((file) => file.replace(/\.md$/, ''));
    const goldens = readdirSync(GOLDENS);
    expect(
      [...pages.filter((name) => !known.includes(name)), ...goldens.filter((name) => !names.includes(name))],
      'of codes that are gone',
    ).toEqual([]);
    expect(
      known.filter((name) => !pages.includes(name)),
      'without a page',
    ).toEqual([]);
    expect(
      names.filter((name) => !goldens.includes(name)),
      'without a golden',
    ).toEqual([]);
  });

  it('has an index of its pages (UPDATE=1 writes it)', () => {
    const path = join(PAGES, 'README.md');
    if (rewrites) writeFileSync(path, index());
    expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(index());
  });
});

describe('the page of', () => {
  it.each(codes)('$code states the rule, a wrong and a right example, and why', ({ code, name, entry }) => {
    const text = readFileSync(page(name), 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${code} ${entry.slug}`);
    expect(text.match(/^## .*$/gm)).toEqual(['## Wrong', '## Right', '## Why']);
    expect(text.split('\n').length).toBeLessThan(90);
  });
});

describe('the page of', () => {
  it.each(problems)('$code states the rule, a wrong and a right request, and why', ({ code, name }) => {
    const text = readFileSync(page(name), 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${code} ${name.slice(code.length + 1)}`);
    expect(text.match(/^## .*$/gm)).toEqual(['## Wrong', '## Right', '## Why']);
  });
});

describe('the golden of', () => {
  it.each(codes)('$code triggers it and prints as expected', async ({ code, name, entry }) => {
    const folder = join(GOLDENS, name);
    const printed = await goldenText(folder);
    expect(printed).toContain(`${entry.severity} ${code}: `);
    if (entry.severity !== 'info') expect(printed).toMatch(/^ {2}Fix: [A-Z]/m);
    const path = join(folder, 'expected.txt');
    if (rewrites) writeFileSync(path, printed);
    expect(printed).toBe(existsSync(path) ? readFileSync(path, 'utf8') : '');
  });
});

function page(name: string): string {
  return join(PAGES, `${name}.md`);
}

function repeated(all: readonly string[]): string[] {
  return all.filter((one, position) => all.indexOf(one) !== position);
}

const phaseTitles: { readonly [phase: string]: string } = {
  DOC: 'Reading documents',
  OAS: 'OpenAPI documents',
  ASY: 'AsyncAPI documents and messages',
  ARZ: 'Arazzo documents',
  XIL: 'x-interlock policies',
  PLN: 'Planning',
  ASL: 'The emitted state machine',
  ENV: 'Environments',
  INP: 'Input of a run',
  FLW: 'Data flow (`interlock analyze`)',
  RSK: 'Risks (`interlock analyze`)',
};

function index(): string {
  const sections = Object.entries(phases).flatMap(([phase, table]) => {
    const rows = Object.entries(table)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, entry]) => `| [${code}](${code}-${entry.slug}.md) | ${entry.severity} | ${entry.title} |`);
    if (rows.length === 0) return [];
    return [`## ${phase}: ${phaseTitles[phase]}`, '', '| code | severity | rule |', '|---|---|---|', ...rows, ''];
  });
  return [
    '# Diagnostics',
    '',
    'Everything that Interlock says about a document has a code, and each code a page. Errors cannot be silenced; warnings',
    'and remarks can, with `--silence CODE`. This list is generated: `UPDATE=1 npx vitest run test/registry.test.ts`.',
    '',
    ...sections,
    '## API: The run API',
    '',
    'Problems (RFC 9457) that it answers with; [run-api.md](../run-api.md) has the whole.',
    '',
    '| code | status | rule it tells of |',
    '|---|---|---|',
    ...Object.entries(PROBLEMS).map(
      ([slug, { code, status, title }]) => `| [${code}](${code}-${slug}.md) | ${status} | ${title} |`,
    ),
    '',
  ].join('\n');
}
