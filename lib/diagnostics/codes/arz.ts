/**
 * Codes of Arazzo documents. 001 to 029 are the document's shape (lib/check/structure.ts); rules start at 030, one
 * file each under lib/check.
 */
import type { Wording } from '../code.ts';
import { listed, quoted } from '../words.ts';

export const arzCodes = {
  ARZ001: {
    slug: 'version-unsupported',
    severity: 'error',
    title: 'The version of Arazzo is one that Interlock reads: 1.0 or 1.1',
    say: ({ version }: { version: string }): Wording => ({
      headline: `Arazzo version ${quoted(version)} is not supported`,
      value: version,
      notes: [`Interlock reads ${listed(['1.0.x', '1.1.x'], 'and')}; the patch number makes no difference.`],
      fix: 'Write `arazzo: 1.1.0`.',
    }),
  },
} as const;
