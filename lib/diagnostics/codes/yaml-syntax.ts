/**
 * What helps with the errors of YAML's syntax that people really make, by the YAML library's code: the rule, where its own
 * message does not say it, and the change that mostly mends it.
 */

export interface YamlHelp {
  readonly lesson?: string;
  readonly fix: string;
}

export function yamlSyntax(code: string): YamlHelp {
  return help.get(code) ?? { fix: 'Correct it, or put the text in quotes if it is meant as one.' };
}

const quotes = 'Put the text in quotes.';

const help: ReadonlyMap<string, YamlHelp> = new Map<string, YamlHelp>([
  [
    'BAD_INDENT',
    {
      lesson: 'Members of one object begin in the same column, and what belongs to a key is indented further than it.',
      fix: 'Align the line with its siblings.',
    },
  ],
  ['TAB_AS_INDENT', { fix: 'Indent with blanks in place of tabs.' }],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    {
      lesson: 'Behind a colon and a blank YAML expects a value: a text that holds them looks like a key.',
      fix: quotes,
    },
  ],
  [
    'BLOCK_IN_FLOW',
    {
      lesson: 'Inside brackets or braces nothing is told by indentation.',
      fix: 'Close the bracket before it, or write the whole value inside it.',
    },
  ],
  [
    'MULTILINE_IMPLICIT_KEY',
    {
      lesson: 'A line without a colon stands where a key is expected.',
      fix: 'Write the missing colon and blank; begin a text over several lines with `|` or `>`.',
    },
  ],
  [
    'MISSING_CHAR',
    { fix: 'Add the quote, bracket, comma or blank after a colon that is missing here or on the line before.' },
  ],
  ['BAD_SCALAR_START', { lesson: 'A text cannot begin with one of the marks of YAML.', fix: quotes }],
  [
    'BAD_DQ_ESCAPE',
    {
      lesson: 'In double quotes a backslash begins an escape.',
      fix: 'Use single quotes, or write the backslash twice.',
    },
  ],
  ['UNEXPECTED_TOKEN', { fix: 'Close the quote or bracket before it, or put the text in quotes.' }],
  [
    'RESOURCE_EXHAUSTION',
    {
      lesson: 'The document is nested too deeply to be read.',
      fix: 'Take inner parts out, and refer to them by `$ref`.',
    },
  ],
]);
