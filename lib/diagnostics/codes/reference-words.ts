/** How the catalogue speaks of documents that cannot be had and of references that lead nowhere. */
import type { DocumentProblem, ReferenceProblem } from '../../model/reading.ts';
import { quoted, suggestion } from '../words.ts';

/** What is wrong with a document, as the end of a headline. */
export function fileTrouble(problem: DocumentProblem, uri: string): string {
  switch (problem) {
    case 'not-found':
      return `${documentName(uri)} is not there`;
    case 'outside':
      return `${documentName(uri)} is outside the description's folder`;
    case 'too-large':
      return `${documentName(uri)} is too large`;
    case 'network-off':
      return `${documentName(uri)} is on the network`;
    case 'unreadable':
      return `${documentName(uri)} cannot be read`;
    case 'not-text':
      return `${documentName(uri)} is not text`;
    case 'scheme-unsupported':
      return `${documentName(uri)} is neither a file nor http(s)`;
    case 'too-many':
      return `${documentName(uri)} is one document too many`;
  }
}

/** Why a reference leads nowhere, as full sentences. */
export function referenceTrouble(problem: ReferenceProblem): string[] {
  switch (problem.kind) {
    case 'file':
      return [`The document ${fileTrouble(problem.problem, problem.uri)}.`, ...detailed(problem.detail)];
    case 'broken':
      return [`The document ${documentName(problem.uri)} has errors of its own.`];
    case 'missing':
      return [
        `In ${documentName(problem.uri)} there is no ${quoted(problem.missing)} under ${quoted(problem.there || '/')}.`,
        suggestion(problem.missing, problem.names, 'name'),
      ];
    case 'anchor':
      return [`Nothing in ${documentName(problem.uri)} has the anchor ${quoted(problem.anchor)}.`];
    case 'cycle':
      return ['It leads back to itself, over nothing but references.'];
    case 'unfit':
      return [`What it leads to is not ${problem.wanted}.`];
  }
}

export function detailed(detail: string | undefined): string[] {
  return detail === undefined ? [] : [`${detail}.`];
}

/** Longer than other values: of a path, the end is what one looks for. */
function documentName(uri: string): string {
  return JSON.stringify(uri.length <= 200 ? uri : `…${uri.slice(-199)}`);
}
