/** The project's own source files as text with their imports: what the house test looks at. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  /** `lib/plan`, `bin`, `lambdas`, ... */
  readonly room: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly specifier: string;
  /** The imported file of this project, if it is one. */
  readonly file?: string;
  readonly typeOnly: boolean;
}

export function sourceFiles(...folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) => filesBelow(join(ROOT, folder))).map(read);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules'))
    .sort();
}

function read(absolute: string): SourceFile {
  const path = relative(ROOT, absolute);
  const text = readFileSync(absolute, 'utf8');
  return { path, room: roomOf(path), text, imports: importsOf(path, text) };
}

function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'lib' ? `lib/${second}` : first;
}

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)';?$|\bimport\('([^']+)'\)/gm;

function importsOf(path: string, text: string): readonly Import[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? '';
    const file = specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : undefined;
    return { specifier, typeOnly: match[1] !== undefined, ...(file && { file }) };
  });
}
