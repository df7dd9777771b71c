/** `interlock init`: a new integration folder from OpenAPI documents, that runs simulated at once. */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { readOpenApi } from '../../read/openapi.ts';
import { folderFiles } from '../../embedded/file-source.ts';
import { makeFolder } from '../../embedded/make-folder.ts';
import { Failure } from '../../model/failure.ts';
import type { OpenApiDocument } from '../../model/openapi.ts';
import { type Command, usageFailure } from '../command.ts';
import { diagnosticsText } from '../diagnostics-text.ts';
import { ExitCode } from '../exit-code.ts';
import { draftAwsEnvironment, draftEnvironment } from '../draft-environment.ts';
import { type DraftSource, draftWorkflow, isDraftable } from '../draft-integration.ts';
import type { Invocation } from '../command.ts';

export const initCommand: Command = {
  name: 'init',
  summary:
    'Make a new integration folder from OpenAPI documents: a first workflow, an environment, ready to run simulated.',
  operands: 'FOLDER',
  operandRange: [1, 1],
  options: {
    from: {
      type: 'string',
      multiple: true,
      value: '[NAME=]FILE',
      says: 'An OpenAPI document; several times for several systems.',
    },
    json: { type: 'boolean', says: 'Print one JSON object: the files written.' },
  },
  examples: [
    {
      line: 'interlock init orders --from stock.yaml --from pay=payments.yaml',
      says: 'Two systems, the second one named.',
    },
    { line: 'interlock init orders', says: 'Without documents: a small API of its own to begin with.' },
  ],
  async run(invocation) {
    const { operands, options, terminal } = invocation;
    const folder = resolve(operands[0] ?? '.');
    if (existsSync(join(folder, 'workflow.arazzo.yaml'))) {
      throw usageFailure(`${operands[0]} holds a workflow already`, 'Name a new folder; nothing was changed.');
    }
    const sources = await sourcesOf(options.texts('from'), invocation);
    if (!sources) return ExitCode.Document;
    const written = writeAll(folder, sources);
    const named = relative('.', folder) || '.';
    if (options.flag('json')) terminal.out(`${JSON.stringify({ folder, files: written })}\n`);
    else
      terminal.out(
        `${written.map((file) => `wrote ${join(named, file)}\n`).join('')}Next: interlock check ${named} && interlock run ${named} --simulate\n`,
      );
    return ExitCode.Ok;
  },
};

interface Document extends DraftSource {
  readonly text: string;
}

async function sourcesOf(given: readonly string[], invocation: Invocation): Promise<readonly Document[] | undefined> {
  if (given.length === 0) return [await parsed('greetings', 'greetings.openapi.yaml', GREETINGS)];
  const sources: Document[] = [];
  for (const one of given) {
    const [, name, path = one] = /^([A-Za-z0-9_-]+)=(.+)$/.exec(one) ?? [];
    const source = await sourceFrom(path, name ?? nameFrom(path), invocation);
    if (!source) return undefined;
    if (sources.some((other) => other.name === source.name)) {
      throw usageFailure(`Two documents are called ${source.name}`, 'Name them: --from NAME=FILE.');
    }
    sources.push(source);
  }
  return sources;
}

async function sourceFrom(path: string, name: string, { terminal }: Invocation): Promise<Document | undefined> {
  const absolute = resolve(path);
  const files = folderFiles({ root: dirname(absolute), allowOutside: true });
  const file = await files.read(basename(absolute));
  if (!('text' in file)) {
    const why = file.detail === undefined ? '' : ` ${file.detail}.`;
    const remedy = `Write --from FILE or --from NAME=FILE, a name of letters, digits, \`-\` and \`_\`.${why}`;
    throw usageFailure(`${path} cannot be read (${file.problem})`, remedy);
  }
  const { text } = file;
  const read = await readOpenApi(basename(absolute), folderFiles({ root: dirname(absolute) }));
  if (!read.document?.operations.some(isDraftable)) {
    terminal.error(diagnosticsText(read.diagnostics, read.documents, terminal));
    if (read.document) terminal.error(whyNothing(path, read.document));
    return undefined;
  }
  return { name, file: basename(absolute), text, document: read.document };
}

function whyNothing(path: string, { operations }: OpenApiDocument): string {
  if (operations.length === 0) return `${path} describes no operation to call.\n`;
  return `${path} describes no operation whose body a first step could make up: all of them require one that is not JSON.\n`;
}

async function parsed(name: string, file: string, text: string): Promise<Document> {
  const read = await readOpenApi(file, { read: () => Promise.resolve({ text }) });
  const document: OpenApiDocument | undefined = read.document;
  if (!document) throw new Failure('init-template', `the template ${file} cannot be read`);
  return { name, file, text, document };
}

function nameFrom(path: string): string {
  const stem = basename(path)
    .replace(/\.(openapi)?\.?(ya?ml|json)$/i, '')
    .replace(/\.openapi$/i, '');
  return stem.replace(/[^A-Za-z0-9_-]+/g, '-') || 'api';
}

function writeAll(folder: string, sources: readonly Document[]): readonly string[] {
  const title = basename(folder);
  const files: readonly (readonly [string, string])[] = [
    ['workflow.arazzo.yaml', draftWorkflow(title, sources)],
    ...sources.map(({ file, text }) => [file, text] as const),
    [join('environments', 'local.yaml'), draftEnvironment(sources)],
    [join('environments', 'aws.yaml'), draftAwsEnvironment(title, sources)],
    ['.gitignore', '.interlock/\n'],
  ];
  try {
    for (const [file, text] of files) {
      makeFolder(dirname(join(folder, file)));
      writeFileSync(join(folder, file), text, { flag: 'wx' });
    }
  } catch (error) {
    throw new Failure('write-failed', `${folder} cannot be written`, { cause: error, remedy: 'Name a new folder.' });
  }
  return files.map(([file]) => file);
}

const GREETINGS = `openapi: 3.1.0
info:
  title: Greetings
  version: 1.0.0
servers:
  - url: http://127.0.0.1:4000
paths:
  /greetings:
    post:
      operationId: createGreeting
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: { type: string }
      responses:
        '201':
          description: The greeting was made.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Greeting' }
              example: { greetingId: g-1, text: Hello }
  /greetings/{greetingId}:
    get:
      operationId: getGreeting
      parameters:
        - { name: greetingId, in: path, required: true, schema: { type: string } }
      responses:
        '200':
          description: The greeting.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Greeting' }
              example: { greetingId: g-1, text: Hello }
components:
  schemas:
    Greeting:
      type: object
      required: [greetingId, text]
      properties:
        greetingId: { type: string }
        text: { type: string }
`;
