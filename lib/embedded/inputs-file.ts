/** A file of inputs from this machine: by its extension JSON, JSON Lines or CSV. What it says is inputs-text.ts's to judge. */
import { basename, dirname, resolve } from 'node:path';
import { Failure } from '../model/failure.ts';
import type { FileProblem } from '../model/reading.ts';
import { folderFiles } from './file-source.ts';
import { type Inputs, type InputsFormat, inputsFromText } from './inputs-text.ts';

/** Of the whole file: it is held in memory while its runs go on. */
const MAX_BYTES = 64 * 1024 * 1024;

const FORMATS: ReadonlyMap<string, InputsFormat> = new Map([
  ['json', 'json'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['csv', 'csv'],
]);

export async function readInputs(path: string): Promise<Inputs> {
  const format = FORMATS.get(/\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '');
  if (format === undefined) {
    throw unreadable(`The name of ${path} does not say what it is`, 'Call it .json, .jsonl, .ndjson or .csv.');
  }
  const whole = resolve(path);
  const files = folderFiles({ root: dirname(whole), allowOutside: true, maxBytes: MAX_BYTES });
  const read = await files.read(basename(whole));
  if ('text' in read) return inputsFromText(path, read.text, format);
  const { trouble, remedy } = TROUBLES[read.problem] ?? UNREADABLE;
  throw unreadable(`The file of inputs ${path} ${trouble}`, read.detail === undefined ? remedy : `${read.detail}.`);
}

interface Trouble {
  readonly trouble: string;
  readonly remedy: string;
}

const UNREADABLE: Trouble = { trouble: 'cannot be read', remedy: 'Name a readable file.' };

const TROUBLES: { readonly [problem in FileProblem]?: Trouble } = {
  'not-found': { trouble: 'is not there', remedy: 'Check the path.' },
  'too-large': {
    trouble: `is larger than ${MAX_BYTES / 1024 / 1024} MiB`,
    remedy: 'Split it: each part is a bulk run with a result file of its own.',
  },
  'not-text': { trouble: 'is not UTF-8 text', remedy: 'Save it as UTF-8.' },
};

function unreadable(message: string, remedy: string): Failure {
  return new Failure('inputs-unreadable', message, { kind: 'usage', remedy });
}
