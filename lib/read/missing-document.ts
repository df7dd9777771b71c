/** The diagnostic for a document that could not be had, at the place that wanted it. */
import { report } from '../diagnostics/report.ts';
import { assert, unreachable } from '../model/assert.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import type { Loaded } from './document-set.ts';
import type { Limits } from './limits.ts';

/** Who wanted it: nothing but the caller, or a source of a description. */
export interface Wanted {
  readonly at?: Place;
  readonly source?: string;
}

export function missingDocument(loaded: Loaded, limits: Limits, { at, source }: Wanted): Diagnostic {
  assert(loaded.kind === 'missing', 'only a document that is missing is missed');
  const { uri, detail, problem } = loaded;
  const file = { uri, ...(source !== undefined && { source }), ...(detail !== undefined && { detail }) };
  switch (problem) {
    case 'not-found':
      return report('DOC001', at, file);
    case 'outside':
      return report('DOC002', at, file);
    case 'too-large':
      return report('DOC003', at, { ...file, limit: limits.characters });
    case 'network-off':
      return report('DOC004', at, file);
    case 'unreadable':
      return report('DOC005', at, file);
    case 'not-text':
      return report('DOC006', at, file);
    case 'scheme-unsupported':
      return report('DOC007', at, file);
    case 'too-many':
      return report('DOC033', at, { ...file, limit: limits.documents });
    default:
      return unreachable(problem, 'problem of a document');
  }
}
