/**
 * Fewer files of what esbuild has split: chunks that are always loaded together become one file, whose importers are told
 * its name. Every module that is loaded costs a millisecond, however small, and splitting makes a chunk of each set of
 * entries that share something. What a chunk exports keeps its name, unless two have the same. Source maps stay true.
 */
import type { BuildOptions, Metafile, OutputFile, Plugin } from 'esbuild';
import { basename, dirname, join } from 'node:path';

/** By file name; maps beside their files, as `NAME.map`. */
export type Files = ReadonlyMap<string, string>;

export interface Split {
  /** The folder for which the files were built. */
  readonly home: string;
  readonly files: Files;
  readonly outputs: Metafile['outputs'];
}

export function splitOf(home: string, outputFiles: readonly OutputFile[], { outputs }: Metafile): Split {
  const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  return {
    home,
    files,
    outputs: Object.fromEntries(Object.entries(outputs).map(([path, one]) => [basename(path), one])),
  };
}

/** The name of the file that came of an entry point, or of a module that is imported when it is needed. */
export function outputOf({ outputs }: Split, entryPoint: string): string {
  const [name] = Object.entries(outputs).find(([, one]) => one.entryPoint === entryPoint) ?? [];
  if (name === undefined) throw new Error(`${entryPoint} has no file of its own`);
  return name;
}

/** All that is loaded with a file, itself among them. */
export function loadedWith({ outputs }: Split, file: string): ReadonlySet<string> {
  const loaded = new Set<string>();
  const visit = (name: string): void => {
    const output = outputs[name];
    if (output === undefined || loaded.has(name)) return;
    loaded.add(name);
    for (const { path, kind } of output.imports) if (kind === 'import-statement') visit(basename(path));
  };
  visit(file);
  return loaded;
}

/** The files with the chunks as one of them, by the name `into`. */
export async function merged(
  { home, files, outputs }: Split,
  chunks: ReadonlySet<string>,
  into: string,
): Promise<Files> {
  if (chunks.size === 0) return files;
  const names = exportNames(outputs, chunks);
  const { build } = await import('esbuild');
  const lines = [...names].map(([chunk, exports]) => `export { ${renamed(exports)} } from './${chunk}';`);
  const { outputFiles = [] } = await build({
    ...SHAPE,
    stdin: { contents: lines.join('\n'), resolveDir: home },
    outfile: join(home, into),
    plugins: [fromMemory(files, chunks, home)],
  });
  const rest = [...files].filter(([name]) => !chunks.has(name.replace(/\.map$/, '')));
  return new Map([
    ...rest.map(([name, text]) => [name, name.endsWith('.js') ? redirected(text, names, into) : text] as const),
    ...outputFiles.map(({ path, text }) => [basename(path), text] as const),
  ]);
}

const SHAPE: BuildOptions = {
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'silent',
};

/** What each chunk exports, by its own name, and how the one file calls it. */
type ExportNames = ReadonlyMap<string, ReadonlyMap<string, string>>;

function exportNames(outputs: Metafile['outputs'], chunks: ReadonlySet<string>): ExportNames {
  const taken = new Set<string>();
  const free = (name: string): string => (taken.has(name) ? free(`${name}$`) : name);
  return new Map(
    [...chunks].map((chunk) => {
      const exports = (outputs[chunk]?.exports ?? []).map((name): [string, string] => {
        const given = free(name);
        taken.add(given);
        return [name, given];
      });
      return [chunk, new Map(exports)];
    }),
  );
}

function renamed(exports: ReadonlyMap<string, string>): string {
  return [...exports].map(([name, given]) => (name === given ? name : `${name} as ${given}`)).join(', ');
}

/** A split file imports by `import { a, b as c } from "./chunk.js";`, or for what a chunk does when it is loaded. */
function redirected(code: string, names: ExportNames, into: string): string {
  return code.replace(
    /^import (?:\{([^{}]*)\} from )?"\.\/([\w-]+\.js)";$/gm,
    (whole: string, imported: string | undefined, chunk: string) => {
      const exports = names.get(chunk);
      if (exports === undefined) return whole;
      if (imported === undefined) return `import "./${into}";`;
      const list = imported.split(',').map((one) => {
        const [name = '', local = name] = one.trim().split(' as ');
        const given = exports.get(name) ?? name;
        return given === local ? given : `${given} as ${local}`;
      });
      return `import { ${list.join(', ')} } from "./${into}";`;
    },
  );
}

function fromMemory(files: Files, chunks: ReadonlySet<string>, home: string): Plugin {
  return {
    name: 'from-memory',
    setup(bundling) {
      bundling.onResolve({ filter: /.*/ }, ({ path }) =>
        chunks.has(basename(path)) && dirname(path) === '.'
          ? { path: join(home, basename(path)) }
          : { path, external: true },
      );
      bundling.onLoad({ filter: /.*/ }, ({ path }) => {
        const map = Buffer.from(files.get(`${basename(path)}.map`) ?? '').toString('base64');
        const contents = `${files.get(basename(path)) ?? ''}\n//# sourceMappingURL=data:application/json;base64,${map}`;
        return { contents, loader: 'js', resolveDir: home };
      });
    },
  };
}
