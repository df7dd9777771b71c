/**
 * What lib/expressions finds wrong inside strings, brought to its place in the document. Each text is looked at once,
 * where it is written. Which code a problem gets is the rules' business.
 */
import { below, spanOf } from '../diagnostics/place.ts';
import type { Problem } from '../expressions/problem.ts';
import { problemsOf, type Tools } from '../expressions/problems.ts';
import type { Description } from '../model/description.ts';
import type { Place } from '../model/diagnostic.ts';
import type { Links } from '../model/links.ts';
import { rawAt } from './linking.ts';
import { type WrittenSite, writtenSites } from './written.ts';

/** Longer strings are shown only in part. */
const longestText = 120;

export interface SiteProblem {
  readonly written: WrittenSite;
  readonly problem: Problem;
}

/** What a diagnostic says about a fault inside a string. */
export interface Fault {
  readonly at: Place;
  readonly text: string;
  readonly message: string;
  readonly instead?: string;
  readonly kind: Problem['code'];
}

const found = new WeakMap<Links, readonly SiteProblem[]>();

/** Several rules ask for them; the texts are read for the first. The tools are those of these links. */
export function siteProblems(links: Links, tools: Tools): readonly SiteProblem[] {
  const problems = found.get(links) ?? problemsIn(links, tools);
  found.set(links, problems);
  return problems;
}

function problemsIn(links: Links, tools: Tools): readonly SiteProblem[] {
  return writtenSites(links).flatMap((written) =>
    problemsOf(written.site.subject, tools).map((problem) => ({ written, problem })),
  );
}

export function faultOf(description: Description, site: Place, problem: Problem): Fault {
  const { at: start, length, message, instead, path, code: kind } = problem;
  const at = below(site, ...path);
  const raw = rawAt(description, at);
  const whole = typeof raw === 'string' ? raw : '';
  const marked = whole.slice(start, start + length);
  const short = whole.length <= longestText;
  const mended =
    short && instead !== undefined ? whole.slice(0, start) + instead + whole.slice(start + length) : instead;
  return {
    at: length > 0 ? spanOf(at, start, start + length) : at,
    text: short ? whole : marked,
    message,
    kind,
    ...(mended !== undefined && { instead: mended }),
  };
}

/** In the selector or the type of a Selector Object, rather than in an expression. */
export function isSelectorProblem({ code, path }: Problem): boolean {
  if (code === 'bad-pointer') return path.at(-1) === 'selector';
  return /^(bad|unsupported)-(jsonpath|xpath)$|^unknown-(type|version)$|^bad-shape$/.test(code);
}
