/**
 * Codes of reading a document. 001-009 are files, 010-029 their text, 030-039 what kind of document they are, 040 and
 * up references in Arazzo documents. Some of these are read without a description: then there is no source to name.
 */
import type { Place } from '../../model/diagnostic.ts';
import type { DocumentProblem, ReferenceProblem } from '../../model/reading.ts';
import type { Wording } from '../code.ts';
import { quoted } from '../words.ts';
import { jsonSyntax, type JsonPart } from './json-syntax.ts';
import { yamlSyntax } from './yaml-syntax.ts';
import { detailed, fileTrouble, referenceTrouble } from './reference-words.ts';

/** A document that was wanted: by its uri, and as which source if as one. */
export interface WantedFile {
  readonly uri: string;
  readonly source?: string;
  readonly detail?: string;
}

function cannotHave(problem: DocumentProblem, { uri, source }: WantedFile): string {
  const trouble = fileTrouble(problem, uri);
  return source === undefined ? `The document ${trouble}` : `Source ${quoted(source)}: ${trouble}`;
}

const mebi = 1024 * 1024;
const inCharacters = (limit: number): string =>
  limit < mebi ? `${limit} characters` : `${Math.round(limit / mebi)} MiB`;

export const docCodes = {
  DOC001: {
    slug: 'file-not-found',
    severity: 'error',
    title: 'Every document that is named exists',
    say: (file: WantedFile): Wording => ({
      headline: cannotHave('not-found', file),
      value: file.uri,
      notes: [
        'A relative `url` is resolved against the folder of the document that it stands in.',
        ...detailed(file.detail),
      ],
      fix: 'Correct the path, or put the document there.',
    }),
  },
  DOC002: {
    slug: 'file-outside',
    severity: 'error',
    title: 'Documents lie in the folder of the description, unless others are allowed',
    say: (file: WantedFile): Wording => ({
      headline: cannotHave('outside', file),
      value: file.uri,
      notes: [
        'A description from somewhere else shall not read whatever it likes on this machine. Symbolic links are followed, and what they lead to counts.',
      ],
      fix: 'Put the document into the folder, or allow it with `--allow-outside`.',
    }),
  },
  DOC003: {
    slug: 'file-too-large',
    severity: 'error',
    title: 'A document is at most 16 MiB',
    say: ({ limit, ...file }: WantedFile & { limit: number }): Wording => ({
      headline: cannotHave('too-large', file),
      value: file.uri,
      notes: [`Interlock reads documents of up to ${inCharacters(limit)}.`],
      fix: 'Split the document, or cut out the operations that are used.',
    }),
  },
  DOC004: {
    slug: 'network-off',
    severity: 'error',
    title: 'Documents come from the network only when that is allowed',
    say: (file: WantedFile): Wording => ({
      headline: cannotHave('network-off', file),
      value: file.uri,
      notes: ['What is checked today shall be what runs tomorrow: a document on the network changes under you.'],
      fix: 'Download the document and name its path, or allow the network with `--allow-network`.',
    }),
  },
  DOC005: {
    slug: 'file-unreadable',
    severity: 'error',
    title: 'Every document that is named can be read',
    say: (file: WantedFile): Wording => ({
      headline: cannotHave('unreadable', file),
      value: file.uri,
      notes: detailed(file.detail),
      fix: 'Name a file that can be read.',
    }),
  },
  DOC006: {
    slug: 'file-not-text',
    severity: 'error',
    title: 'A document is UTF-8 text',
    say: (file: WantedFile): Wording => ({
      headline: cannotHave('not-text', file),
      value: file.uri,
      notes: ['Its bytes are not UTF-8 (nor UTF-16 with a byte order mark).', ...detailed(file.detail)],
      fix: 'Save it as UTF-8.',
    }),
  },
  DOC007: {
    slug: 'scheme-unsupported',
    severity: 'error',
    title: 'A document is named by a path or an http(s) URL',
    say: (file: WantedFile): Wording => ({
      headline: cannotHave('scheme-unsupported', file),
      value: file.uri,
      notes: ['A name like `urn:...` finds a document only if that document says so of itself, by `$self`.'],
      fix: 'Name the document by a relative path.',
    }),
  },
  DOC009: {
    slug: 'control-character',
    severity: 'error',
    title: 'A document holds no control characters',
    say: ({ code }: { code: number }): Wording => ({
      headline: `Control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
      value: code,
      notes: ['YAML and JSON allow tab, line feed and carriage return, and no other control character.'],
      fix: 'Remove it; inside a quoted text, write it as an escape.',
    }),
  },
  DOC010: {
    slug: 'yaml-syntax',
    severity: 'error',
    title: 'A document in YAML follows its syntax',
    say: ({ code, message, opening }: { code: string; message: string; opening?: Place }): Wording => {
      const fault = { headline: `YAML: ${message}`, value: code };
      if (opening) {
        const notes = [{ text: 'It is opened here.', place: opening }];
        return { ...fault, notes, fix: 'Close it where it should end.' };
      }
      const { lesson, fix } = yamlSyntax(code);
      return { ...fault, notes: lesson === undefined ? [] : [lesson], fix };
    },
  },
  DOC011: {
    slug: 'json-syntax',
    severity: 'error',
    title: 'A document in JSON follows its syntax',
    say: ({ expected, found }: { expected: JsonPart; found: string }): Wording => ({
      ...jsonSyntax(expected, found),
      value: found,
      notes: ['JSON has no comments, no trailing commas and no single quotes.'],
    }),
  },
  DOC012: {
    slug: 'several-documents',
    severity: 'error',
    title: 'A file holds one document',
    say: (): Wording => ({
      headline: 'A second YAML document begins here',
      notes: ['`---` on a line of its own ends one document and begins the next.'],
      fix: 'Move the second document to a file of its own.',
    }),
  },
  DOC013: {
    slug: 'document-empty',
    severity: 'error',
    title: 'A document says something',
    say: ({ uri }: { uri: string }): Wording => ({
      headline: `${quoted(uri)} is empty`,
      fix: 'Write the document, or remove what names it.',
    }),
  },
  DOC014: {
    slug: 'key-duplicate',
    severity: 'error',
    title: 'A key stands once in an object',
    say: ({ key, first }: { key: string; first: Place }): Wording => ({
      headline: `Key ${quoted(key)} is used twice in this object`,
      value: key,
      notes: ['Tools differ in which of the two they take.', { text: 'First used here.', place: first }],
      fix: 'Remove or rename one of the two.',
    }),
  },
  DOC015: {
    slug: 'key-not-text',
    severity: 'error',
    title: 'A key is a text',
    say: ({ source }: { source: string }): Wording => ({
      headline: `Key ${quoted(source)} is not a text`,
      value: source,
      notes: ['In YAML a key may be a list, an object or an alias; JSON, and so OpenAPI and Arazzo, have only texts.'],
      fix: 'Write the key out; put it in quotes if it begins with `[`, `{`, `*` or `&`.',
    }),
  },
  DOC016: {
    slug: 'nesting-too-deep',
    severity: 'error',
    title: 'Objects and lists are nested at most 200 deep',
    say: ({ limit }: { limit: number }): Wording => ({
      headline: `More than ${limit} objects and lists inside one another`,
      fix: 'Name the inner parts under `components` and refer to them by `$ref`.',
    }),
  },
  DOC017: {
    slug: 'too-many-values',
    severity: 'error',
    title: 'A document has at most two million values',
    say: ({ limit }: { limit: number }): Wording => ({
      headline: `More than ${limit} values in one document`,
      notes: ['Each YAML alias counts with all that it stands for.'],
      fix: 'Split the document; where aliases repeat each other, write out what is meant.',
    }),
  },
  DOC018: {
    slug: 'alias-unknown',
    severity: 'error',
    title: 'A YAML alias names an anchor before it',
    say: ({ name, inItself }: { name: string; inItself: boolean }): Wording => ({
      headline: inItself
        ? `Alias ${quoted(`*${name}`)} stands inside what it names`
        : `No anchor ${quoted(`&${name}`)} before this alias`,
      value: name,
      notes: ['`&name` marks a value, and `*name` repeats it further down in the same document.'],
      fix: 'Write the value out, or put it in quotes if the asterisk belongs to a text.',
    }),
  },
  DOC019: {
    slug: 'merge-key-ignored',
    severity: 'warning',
    title: 'A merge key names mappings',
    say: (): Wording => ({
      headline: 'Merge key "<<" is ignored',
      notes: ['What stands behind it is no mapping and no list of mappings, so there is nothing to merge.'],
      fix: 'Write an alias of a mapping behind it, or the members out.',
    }),
  },
  DOC020: {
    slug: 'tag-ignored',
    severity: 'warning',
    title: 'Documents use no YAML tags but those of JSON',
    say: ({ tag }: { tag: string }): Wording => ({
      headline: `YAML tag ${quoted(tag)} is ignored`,
      value: tag,
      notes: ['OpenAPI and Arazzo have the types of JSON and no others.'],
      fix: 'Remove the tag.',
    }),
  },
  DOC021: {
    slug: 'number-not-json',
    severity: 'error',
    title: 'Numbers are finite',
    say: ({ source }: { source: string }): Wording => ({
      headline: `Number ${quoted(source)} cannot be written in JSON`,
      value: source,
      notes: ['JSON has neither infinity nor not-a-number, and numbers end at 1.8e308.'],
      fix: 'Put it in quotes if a text is meant.',
    }),
  },
  DOC022: {
    slug: 'number-imprecise',
    severity: 'warning',
    title: 'Whole numbers stay what they are',
    say: ({ source, read }: { source: string; read: string }): Wording => ({
      headline: `Number ${source} becomes ${read}`,
      value: source,
      notes: ['Numbers are 64-bit floating point, as in JavaScript: whole ones are exact up to 9007199254740991.'],
      fix: 'Put it in quotes if it is an identifier.',
    }),
  },
  DOC023: {
    slug: 'json-not-strict',
    severity: 'warning',
    title: 'A file named .json holds JSON',
    say: ({ uri }: { uri: string }): Wording => ({
      headline: `${quoted(uri)} is named .json, but holds YAML`,
      value: uri,
      notes: ['Interlock reads it as YAML; other tools will not.'],
      fix: 'Name it .yaml, here and wherever it is referred to.',
    }),
  },
  DOC024: {
    slug: 'yaml-too-large',
    severity: 'error',
    title: 'YAML beyond the plain has at most two million tokens',
    say: ({ limit }: { limit: number }): Wording => ({
      headline: `More than ${limit} tokens of YAML in one document`,
      value: limit,
      notes: [
        'Plain YAML and JSON are read up to the size of a document. Anchors, tags, texts in quotes and flow collections over several lines, and errors of syntax, need a parser that takes far more memory.',
      ],
      fix: 'Save the document as JSON, or cut out the operations that are used.',
    }),
  },
  DOC025: {
    slug: 'merge-key-followed',
    severity: 'warning',
    title: 'YAML 1.2 has no merge key',
    say: (): Wording => ({
      headline: 'Merge key "<<" is followed, though YAML 1.2 has none',
      notes: [
        '`<<` belongs to YAML 1.1; OpenAPI and Arazzo are written in YAML 1.2, and a tool that keeps to it leaves these members out.',
      ],
      fix: 'Write the members out, or use `$ref`.',
    }),
  },
  DOC030: {
    slug: 'document-kind-unfit',
    severity: 'error',
    title: 'The document that is read is of the kind that is wanted',
    say: ({ uri, wanted, kind }: { uri: string; wanted: string; kind: string | undefined }): Wording => ({
      headline: `${quoted(uri)} is ${kind === undefined ? `not ${wanted}` : `${kind}, not ${wanted}`}`,
      notes: [
        'The member `arazzo`, `openapi` or `asyncapi` at the top says what a document is, and its version.',
        'A description is an Arazzo document, which names the documents of the systems as its sources.',
      ],
      fix: `Name ${wanted}; \`interlock init\` makes a description from OpenAPI documents.`,
    }),
  },
  DOC031: {
    slug: 'source-kind-unknown',
    severity: 'error',
    title: 'A source is an OpenAPI, an Arazzo or an AsyncAPI document',
    say: ({ source, uri }: { source: string; uri: string }): Wording => ({
      headline: `Source ${quoted(source)}: ${quoted(uri)} is none of OpenAPI, Arazzo and AsyncAPI`,
      value: uri,
      notes: ['They are told apart by the member `openapi`, `arazzo` or `asyncapi` at the top of the document.'],
      fix: 'Correct the `url`, or the document.',
    }),
  },
  DOC032: {
    slug: 'source-kind-mismatch',
    severity: 'error',
    title: 'A source is what its `type` says',
    say: ({ source, declared, actual }: { source: string; declared: string; actual: string }): Wording => ({
      headline: `Source ${quoted(source)} is declared as ${declared}, but is ${actual}`,
      value: declared,
      notes: ['Interlock reads it as what it is.'],
      fix: `Write \`type: ${actual}\`, or name another document.`,
    }),
  },
  DOC033: {
    slug: 'too-many-documents',
    severity: 'error',
    title: 'A description reads at most 500 documents',
    say: ({ limit, ...file }: WantedFile & { limit: number }): Wording => ({
      headline: cannotHave('too-many', file),
      value: file.uri,
      notes: [`A description has at most ${limit} documents: its sources, theirs, and files reached by \`$ref\`.`],
      fix: 'Bundle each OpenAPI document into one file.',
    }),
  },
  DOC040: {
    slug: 'reference-unresolvable',
    severity: 'error',
    title: 'A `$ref` in an Arazzo document leads to a schema',
    say: ({ reference, problem }: { reference: string; problem: ReferenceProblem }): Wording => ({
      headline: `Reference ${quoted(reference)} leads to nothing`,
      value: reference,
      notes: referenceTrouble(problem),
      fix: 'Correct the reference; schemas of a description stand under `#/components/inputs/`.',
    }),
  },
} as const;
