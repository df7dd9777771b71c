/**
 * The environment of a run: `environments/<name>.yaml` beside the description, or a file that was named. Where there is
 * no file under the default name, the systems are where their OpenAPI documents say, without credentials: a plain
 * description runs. Its faults end the command with the rendered diagnostics.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readEnvironment } from '../check/environment.ts';
import { renderText } from '../diagnostics/render-text.ts';
import type { Description } from '../model/description.ts';
import type { Diagnostic, PositionedDocument } from '../model/diagnostic.ts';
import type { SystemEnvironment } from '../model/environment.ts';
import { Failure } from '../model/failure.ts';
import type { SecurityScheme, Server } from '../model/openapi.ts';
import { positionedFromText, type ReadDocumentResult } from '../read/positioned.ts';
import type { Environments } from '../runtime/ports/environment.ts';
import { folderFiles } from './file-source.ts';
import { missingCredentials, variablesIn } from './missing-credentials.ts';
import { pageFromHere } from './package-root.ts';
import type { Variables } from './secrets.ts';

export const DEFAULT_ENVIRONMENT = 'local';

export interface LoadedEnvironment {
  readonly environments: Environments;
  /** What `{file: PATH}` is relative to. */
  readonly folder: URL;
  /** Environment variables that it names. */
  readonly variables: readonly string[];
}

export async function loadEnvironment(
  folder: string,
  named: string,
  description: Description,
): Promise<LoadedEnvironment> {
  const path = environmentPath(folder, named);
  if (path === undefined) return { environments: { system: () => ({}) }, folder: folderUrl(folder), variables: [] };
  const { document, broken, diagnostics } = await readEnvironmentFile(path);
  if (broken) throw brokenEnvironment(document, diagnostics);
  const about = { systems: schemesOf(description), servers: serversOf(description) };
  const checked = readEnvironment({ name: named, document, ...about });
  if (!checked.environment) throw brokenEnvironment(document, [...diagnostics, ...checked.diagnostics]);
  const { systems } = checked.environment;
  return {
    environments: { system: (name): SystemEnvironment => systems.get(name) ?? {} },
    folder: folderUrl(dirname(path)),
    variables: variablesIn(document.root),
  };
}

/** The values of the variables that an environment file names: what a client hands to the owner, and nothing else. */
export async function namedVariables(
  {
    folder,
    environment,
    simulate,
  }: { readonly folder: string; readonly environment: string; readonly simulate: boolean },
  variables: Variables,
): Promise<Variables> {
  const path = simulate ? undefined : environmentPath(folder, environment);
  if (path === undefined) return {};
  const names = variablesIn((await readEnvironmentFile(path)).document.root);
  return Object.fromEntries(names.map((name) => [name, variables[name]]));
}

/**
 * Refuses before anything is started what could only fail: a credential of one of these systems whose variable is not
 * set, whose file cannot be read, or that only AWS keeps. Credentials of systems that the workflow does not call are not
 * asked for.
 */
export async function requireVariables(
  {
    folder,
    environment,
    simulate,
  }: { readonly folder: string; readonly environment: string; readonly simulate: boolean },
  systems: readonly string[],
  variables: Variables,
): Promise<void> {
  const path = simulate ? undefined : environmentPath(folder, environment);
  if (path === undefined) return;
  const { root } = (await readEnvironmentFile(path)).document;
  const missing = missingCredentials(root, { systems, variables, folder: dirname(path) });
  if (missing.length === 0) return;
  throw new Failure('secret-missing', missing.join('; '), {
    remedy: `Set or write them, or name other credentials in ${path}. Nothing was started.`,
  });
}

/** A name is a file below `environments/`; what looks like a path is one. Only the default may be missing. */
function environmentPath(folder: string, named: string): string | undefined {
  const isPath = /[/\\]|\.(ya?ml|json)$/i.test(named);
  const candidates = isPath
    ? [resolve(named)]
    : ['yaml', 'yml', 'json'].map((end) => join(folder, 'environments', `${named}.${end}`));
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined || named === DEFAULT_ENVIRONMENT) return found;
  throw new Failure('environment-unknown', `There is no environment ${named}`, {
    kind: 'usage',
    remedy: `Looked for ${candidates[0]}. Write it, or name another with --env.`,
  });
}

/** `uri` is what the document is called in diagnostics. */
export async function readEnvironmentFile(path: string, uri: string = path): Promise<ReadDocumentResult> {
  const result = await folderFiles({ root: dirname(path) }).read(basename(path));
  if ('text' in result) {
    const read = positionedFromText(uri, result.text);
    // One that cannot be read cannot be checked for secrets that somebody wrote out.
    return read.broken ? { ...read, document: { ...read.document, hidesText: true } } : read;
  }
  throw new Failure('environment-unreadable', `The environment file ${path} cannot be read (${result.problem})`, {
    kind: 'usage',
  });
}

function brokenEnvironment(document: PositionedDocument, diagnostics: readonly Diagnostic[]): Failure {
  const documents = new Map([[document.uri, document]]);
  return new Failure('environment-broken', `The environment file ${document.uri} has errors`, {
    kind: 'document',
    cause: new Error(renderText(diagnostics, documents, { colour: false, width: 100, pageName: pageFromHere })),
  });
}

export function schemesOf(description: Description): ReadonlyMap<string, ReadonlyMap<string, SecurityScheme>> {
  const systems = [...description.sources].flatMap(([name, source]) =>
    source.kind === 'arazzo' ? [] : [[name, source.document.securitySchemes] as const],
  );
  return new Map(systems);
}

export function serversOf(description: Description): ReadonlyMap<string, readonly Server[]> {
  const systems = [...description.sources].flatMap(([name, source]) => {
    if (source.kind === 'arazzo') return [];
    const { servers, operations } = source.document;
    return [[name, [...new Set([...servers, ...operations.flatMap((one) => one.servers)])]] as const];
  });
  return new Map(systems);
}

function folderUrl(folder: string): URL {
  return pathToFileURL(`${folder}/`);
}
