/**
 * `npm run fixtures -- DIR`: the specification's own fixtures for its JSON Schema, documents that pass (`pass/`) and such
 * that fail (`fail/`). Their sources lie nowhere, so what is said of those does not count. One that passes may have no
 * fault of shape, and what its rules find beside is listed: a schema cannot see that a name leads nowhere. One that fails
 * must have an error at a place, which is printed with the place.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compileDescription } from '../lib/compile/compile.ts';
import { offsetsOf } from '../lib/diagnostics/position.ts';
import { folderFiles } from '../lib/embedded/file-source.ts';
import type { Diagnostic } from '../lib/model/diagnostic.ts';

const [folder, ...others] = process.argv.slice(2);
if (folder === undefined || others.length > 0) {
  process.stderr.write('usage: npm run fixtures -- DIR\n');
  process.exit(2);
}

/** Of a document's shape, which is all that the JSON Schema speaks of. */
const SHAPE = /^ARZ00|^ARZ01[0-2]$/;
const OF_SOURCES = /^DOC/;

interface Found {
  readonly name: string;
  readonly errors: readonly Diagnostic[];
  readonly said: readonly string[];
}

async function found(kind: string, name: string): Promise<Found> {
  const files = folderFiles({ root: join(folder ?? '', kind) });
  const { diagnostics, documents } = await compileDescription({ entry: name, files });
  const errors = diagnostics.filter(({ severity, code }) => severity === 'error' && !OF_SOURCES.test(code));
  const said = errors.map((error) => {
    const document = error.place && documents.get(error.place.document);
    const offset = document && error.place ? offsetsOf(error.place, document)[0] : 0;
    const line = document === undefined ? '?' : document.text.slice(0, offset).split('\n').length;
    return `${name}:${line} ${error.code} ${error.place?.pointer ?? ''} ${error.headline}`;
  });
  return { name, errors, said };
}

async function all(kind: string): Promise<readonly Found[]> {
  const root = join(folder ?? '', kind);
  const names = existsSync(root) ? readdirSync(root).filter((name) => /\.(ya?ml|json)$/.test(name)) : [];
  const results: Found[] = [];
  for (const name of names.toSorted()) results.push(await found(kind, name));
  return results;
}

const [passing, failing] = [await all('pass'), await all('fail')];
const refused = passing.filter(({ errors }) => errors.some(({ code }) => SHAPE.test(code)));
const accepted = failing.filter(({ errors }) => !errors.some(({ place }) => place !== undefined));
const lines = [
  ...passing.flatMap(({ said }) => said.map((one) => `beside the schema  ${one}`)),
  ...failing.flatMap(({ said }) => said.slice(0, 1).map((one) => `refused            ${one}`)),
  ...refused.map(({ name }) => `WRONGLY REFUSED    ${name}`),
  ...accepted.map(({ name }) => `WRONGLY ACCEPTED   ${name}`),
  `${passing.length} that pass: ${passing.length - refused.length} accepted; ${failing.length} that fail: ${failing.length - accepted.length} refused at a place`,
];
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = refused.length + accepted.length > 0 || passing.length + failing.length === 0 ? 1 : 0;
