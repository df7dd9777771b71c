/** How the catalogue speaks of errors in JSON's syntax: what may stand at a place, what stands there, what to change. */
import type { Wording } from '../code.ts';
import { quoted } from '../words.ts';

/** What JSON allows at the place of an error. */
export type JsonPart =
  | 'name'
  | 'colon'
  | 'value'
  /** A value behind a comma. */
  | 'item'
  | 'comma-or-brace'
  | 'comma-or-bracket'
  | 'end'
  | 'closing-quote'
  | 'text-character'
  | 'escape';

export function jsonSyntax(expected: JsonPart, found: string): Required<Pick<Wording, 'headline' | 'fix'>> {
  const { name, fix } = parts[expected];
  const isTrailingComma = expected === 'name' && found === '}';
  return {
    headline: `JSON: expected ${name}, found ${found === '' ? 'the end of the document' : quoted(found)}`,
    fix: isTrailingComma ? 'Remove the comma before it.' : fix,
  };
}

const parts: { readonly [part in JsonPart]: { readonly name: string; readonly fix: string } } = {
  name: { name: 'a name in double quotes', fix: 'Write the name of the member in double quotes.' },
  colon: { name: 'a colon', fix: 'Put a colon between name and value.' },
  value: { name: 'a value', fix: 'Write a value here; a text stands in double quotes.' },
  item: { name: 'a value', fix: 'Write a value here, or remove the comma before it.' },
  'comma-or-brace': { name: 'a comma or "}"', fix: 'Put a comma between members, or close the object.' },
  'comma-or-bracket': { name: 'a comma or "]"', fix: 'Put a comma between items, or close the list.' },
  end: { name: 'the end of the document', fix: 'Remove what follows the first value.' },
  'closing-quote': { name: 'a closing quote', fix: 'Close the text with a double quote.' },
  'text-character': {
    name: 'a character of a text',
    fix: 'Write line ends and tabs inside a text as `\\n` and `\\t`.',
  },
  escape: { name: 'an escape of JSON', fix: 'Write one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX.' },
};
