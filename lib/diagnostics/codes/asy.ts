/**
 * Codes of AsyncAPI documents. 001-029 are reading them (lib/read), where only channels that the description uses are spoken
 * of; rules about steps that send or receive start at 030 (asy-rules.ts).
 */
import type { Place } from '../../model/diagnostic.ts';
import type { Json } from '../../model/json.ts';
import type { ReferenceProblem } from '../../model/reading.ts';
import type { Wording } from '../code.ts';
import { quoted } from '../words.ts';
import { referenceTrouble } from './reference-words.ts';

export const asyCodes = {
  ASY001: {
    slug: 'asyncapi-version-unsupported',
    severity: 'error',
    title: 'The version of AsyncAPI is 3.0 or 3.1',
    say: ({ version, wantedAt }: { version: string; wantedAt: Place | undefined }): Wording => ({
      headline: `AsyncAPI version ${quoted(version)} is not supported`,
      value: version,
      notes: [
        'Interlock reads AsyncAPI 3.0 and 3.1, whatever the patch number. Documents of version 2 have channels of another kind.',
        ...(wantedAt ? [{ text: 'Named as a source here.', place: wantedAt }] : []),
      ],
      fix: 'Convert the document to version 3, as the converter of the AsyncAPI project does.',
    }),
  },
  ASY002: {
    slug: 'asyncapi-reference-unresolvable',
    severity: 'error',
    title: 'A `$ref` in a used channel or message leads to what belongs there',
    say: ({ reference, problem }: { reference: string; problem: ReferenceProblem }): Wording => ({
      headline: `Reference ${quoted(reference)} leads to nothing`,
      value: reference,
      notes: [...referenceTrouble(problem), 'A channel that the description uses depends on it.'],
      fix: 'Correct the reference, or put there what it refers to.',
    }),
  },
  ASY003: {
    slug: 'asyncapi-member-unfit',
    severity: 'warning',
    title: 'What stands in an AsyncAPI document is what belongs there',
    say: ({ value, wanted }: { value: Json; wanted: string }): Wording => ({
      headline: `${quoted(value)} is not ${wanted}`,
      value,
      notes: ['Interlock leaves it out.'],
      fix: `Write ${wanted} here.`,
    }),
  },
} as const;
