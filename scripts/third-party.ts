/**
 * What is copied into the handler bundles of other people's packages, with the licence of each: those who copy the bundles
 * further need it. Equal texts stand once.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Of its licence file; a few packages name their licence only. */
  readonly text: string | undefined;
}

/** From the files that a bundle is made of, relative to `root`. */
export function thirdPartyNotice(root: string, inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  const packages = [...folders].sort().map((folder) => bundled(join(root, folder)));
  const texts = new Map<string, string[]>();
  for (const { name, text } of packages) if (text !== undefined) texts.set(text, [...(texts.get(text) ?? []), name]);
  return [
    'The handler bundles in this folder contain code of these packages:',
    '',
    ...packages.map(({ name, version, license }) => `  ${name} ${version} (${license})`),
    ...[...texts].map(([text, names]) => `\n${'-'.repeat(80)}\n${names.join(', ')}:\n\n${text}`),
    '',
  ].join('\n');
}

function bundled(folder: string): Bundled {
  // Every installed package has these three; the install would have failed without.
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Bundled;
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return { name, version, license, text: file && readFileSync(join(folder, file), 'utf8').trim() };
}
