/** The document of the run API: made from its routes, published as it is, and clean to a linter that others use. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { apiDocument } from '../../../lib/api/document.ts';
import { PROBLEMS } from '../../../lib/api/problems.ts';
import { OPERATION_IDS } from '../../../lib/api/route.ts';
import { ROUTES } from '../../../lib/api/routes.ts';
import { ROOT } from '../../support/source-tree.ts';

const PUBLISHED = join(ROOT, 'schemas', 'run-api.openapi.json');

function published(): string {
  return existsSync(PUBLISHED) ? readFileSync(PUBLISHED, 'utf8') : '';
}

describe('the document of the run API', () => {
  it('is published as it is made (UPDATE=1 writes it)', () => {
    const text = `${JSON.stringify(apiDocument(), null, 2)}\n`;
    if (process.env['UPDATE'] === '1') writeFileSync(PUBLISHED, text);
    expect(JSON.parse(published())).toEqual(JSON.parse(text));
  });

  it('is clean to a linter of OpenAPI documents', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // It is served by whom it describes: a relative server is the right one.
        'no-server-example.com': 'error',
        // A callback signs its body, or not; health and document are asked for like everything else.
        'security-defined': 'error',
      },
    });
    const found = await lintFromString({ source: published(), absoluteRef: PUBLISHED, config });
    expect(found.map(({ ruleId, message, location: [place] }) => `${ruleId} ${place?.pointer}: ${message}`)).toEqual(
      [],
    );
  });

  it('has each operation once, and each problem under its status somewhere', () => {
    expect(ROUTES.map(({ operationId }) => operationId).sort()).toEqual([...OPERATION_IDS].sort());
    const text = JSON.stringify(apiDocument()['paths']);
    const unsaid = Object.entries(PROBLEMS).filter(([name, { code }]) => !text.includes(`${code} ${name}: `));
    // What the dispatcher answers before any operation is known.
    expect(unsaid.map(([name]) => name)).toEqual(['route-not-found', 'method-not-allowed']);
  });

  it('asks for who calls everywhere but where others prove themselves by the path', () => {
    const open = ROUTES.filter(({ caller }) => caller === 'anybody').map(({ operationId }) => operationId);
    expect(open).toEqual(['receiveCallback', 'receiveWebhook']);
  });
});
