/** Diagnostics as this terminal shows them. */
import type { Documents } from '../diagnostics/order.ts';
import { renderText } from '../diagnostics/render-text.ts';
import { pageFromHere } from '../embedded/package-root.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Terminal } from './terminal.ts';

export function diagnosticsText(
  diagnostics: readonly Diagnostic[],
  documents: Documents,
  { colour, width }: Terminal,
): string {
  return renderText(diagnostics, documents, { colour: colour.error, width, pageName: pageFromHere });
}
