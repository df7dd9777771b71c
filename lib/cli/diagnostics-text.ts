/** Diagnostics as this terminal shows them. A code's page is named from where the reader stands: the package may be installed. */
import { join, relative } from 'node:path';
import type { Documents } from '../diagnostics/order.ts';
import { renderText } from '../diagnostics/render-text.ts';
import { packageRoot } from '../embedded/package-root.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Terminal } from './terminal.ts';

export function diagnosticsText(
  diagnostics: readonly Diagnostic[],
  documents: Documents,
  { colour, width }: Terminal,
): string {
  return renderText(diagnostics, documents, { colour: colour.error, width, pageName: fromHere });
}

function fromHere(page: string): string {
  return relative(process.cwd(), join(packageRoot(), page));
}
