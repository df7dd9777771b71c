/**
 * Every environment beside a description, checked: what `interlock check` says of them. Whether credentials are there is
 * not asked, since other machines have them; nor are files outside of `environments/`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '../check/environment.ts';
import type { Description } from '../model/description.ts';
import type { Diagnostic, PositionedDocument } from '../model/diagnostic.ts';
import { readEnvironmentFile, schemesOf, serversOf } from './environment-file.ts';

export interface CheckedEnvironments {
  readonly names: readonly string[];
  /** Those without an error, by name. */
  readonly sound: readonly { readonly name: string; readonly document: PositionedDocument }[];
  readonly documents: ReadonlyMap<string, PositionedDocument>;
  readonly diagnostics: readonly Diagnostic[];
}

const FOLDER = 'environments';
const ENVIRONMENT_FILE = /^(.+)\.(ya?ml|json)$/i;

export async function checkEnvironments(folder: string, description: Description): Promise<CheckedEnvironments> {
  const files = filesIn(join(folder, FOLDER));
  const systems = schemesOf(description);
  const servers = serversOf(description);
  const checked = await Promise.all(
    files.map(async (file) => {
      const uri = `${FOLDER}/${file}`;
      const { document, broken, diagnostics } = await readEnvironmentFile(join(folder, FOLDER, file), uri);
      const own = broken ? [] : readEnvironment({ name: nameOf(file), document, systems, servers }).diagnostics;
      return { name: nameOf(file), document, diagnostics: [...diagnostics, ...own] };
    }),
  );
  return {
    names: checked.map(({ name }) => name),
    sound: checked.filter(({ diagnostics }) => diagnostics.every(({ severity }) => severity !== 'error')),
    documents: new Map(checked.map(({ document }) => [document.uri, document])),
    diagnostics: checked.flatMap(({ diagnostics }) => diagnostics),
  };
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => ENVIRONMENT_FILE.test(file))
    .sort();
}

function nameOf(file: string): string {
  return file.replace(ENVIRONMENT_FILE, '$1');
}
