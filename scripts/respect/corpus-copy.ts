/**
 * The documents of a corpus where both tools can read them without the network: a copy in which every source that the
 * manifest knows is named by its path. A description says nothing else than before: what names it (`$self`, `$schema`) and where its
 * sources lie is all that changes. For the other tool there is one more file beside it, with a workflow for each output: they
 * run behind the workflow in question and tell what `$workflows.<id>.outputs.<name>` is, which its log does not say.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isObject, type Json, type JsonObject, own } from '../../lib/model/json.ts';
import { positionedFromText } from '../../lib/read/positioned.ts';
import type { Corpus, Entry } from '../corpus/entries.ts';
import { TOLD } from './answering.ts';

export interface CopiedEntry {
  readonly entry: Entry;
  /** Absolute. */
  readonly file: string;
  /** With the workflows that tell outputs. */
  readonly telling: string;
  readonly document: JsonObject;
}

export function copyCorpus(corpus: Corpus, folder: string): readonly CopiedEntry[] {
  const docs = join(folder, 'docs');
  cpSync(join(corpus.folder, 'docs'), docs, { recursive: true });
  return corpus.entries.flatMap((entry) => {
    const file = join(docs, entry.id);
    const document = documentOf(entry, file);
    if (!document) return [];
    const here = withLocalSources(document, entry);
    if (JSON.stringify(here) !== JSON.stringify(document)) writeFileSync(file, JSON.stringify(here));
    return [{ entry, file, telling: `${file.replace(/\.(ya?ml|json)$/i, '')}.telling.json`, document: here }];
  });
}

function documentOf(entry: Entry, file: string): JsonObject | undefined {
  const { document, broken } = positionedFromText(entry.id, readFileSync(file, 'utf8'));
  return !broken && isObject(document.root) ? document.root : undefined;
}

function withLocalSources(document: JsonObject, entry: Entry): JsonObject {
  const { $self: _self, $schema: _schema, ...rest } = document;
  const sources = own(document, 'sourceDescriptions');
  if (!Array.isArray(sources)) return rest;
  const known = new Map(entry.sources.map(({ url, resolved }) => [url, resolved]));
  const local = sources.map((source: Json): Json => {
    const url = isObject(source) ? own(source, 'url') : undefined;
    const resolved = typeof url === 'string' ? known.get(url) : undefined;
    if (!isObject(source) || typeof resolved !== 'string') return source;
    return { ...source, url: `./${posix.relative(posix.dirname(entry.id), resolved)}`.replace(/^\.\/\.\.\//, '../') };
  });
  return { ...rest, sourceDescriptions: local };
}

export interface Telling {
  readonly workflowId: string;
  readonly outputs: readonly string[];
}

/** Names that an expression of the grammar can hold: outputs of others cannot be asked for. */
export function tellable(workflowId: string, outputs: readonly string[]): readonly string[] {
  return /^[A-Za-z0-9_-]+$/.test(workflowId) ? outputs.filter((name) => /^[A-Za-z0-9_-]+$/.test(name)) : [];
}

/** Ids of the workflows that tell each output, in the order of the outputs. */
export function tellOutputs(copied: CopiedEntry, telling: Telling, port: number): readonly string[] {
  const workflows = own(copied.document, 'workflows');
  const ids = telling.outputs.map((_, at) => `interlock-told-${at}`);
  const more = telling.outputs.map((name, at): Json => tellingWorkflow(ids[at] ?? '', telling.workflowId, name, port));
  const whole = { ...copied.document, workflows: [...(Array.isArray(workflows) ? workflows : []), ...more] };
  writeFileSync(copied.telling, JSON.stringify(whole));
  return ids;
}

function tellingWorkflow(workflowId: string, of: string, output: string, port: number): JsonObject {
  const url = `http://127.0.0.1:${port}${TOLD}${encodeURIComponent(output)}`;
  return {
    workflowId,
    steps: [
      {
        stepId: 'tell',
        'x-operation': { url, method: 'post' },
        requestBody: { contentType: 'application/json', payload: { value: `$workflows.${of}.outputs.${output}` } },
      },
    ],
  };
}
