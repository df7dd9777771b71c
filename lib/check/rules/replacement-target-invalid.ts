/**
 * A replacement's `target` MUST be a JSON Pointer, or an expression of the language that `targetSelectorType` names;
 * for an XML payload it is an XPath (Arazzo 1.1, Payload Replacement Object). Only that it can be read is checked here:
 * what it finds depends on the payload.
 */
import { below, spanOf } from '../../diagnostics/place.ts';
import { problemsOf, type Tools } from '../../expressions/problems.ts';
import type { Report } from '../finding.ts';
import { type Target, targetsOf } from '../replacement-targets.ts';
import type { Rule } from '../rule.ts';

export const replacementTargetInvalid: Rule = (links, report, tools) => {
  for (const target of targetsOf(links)) reportTarget(target, tools, report);
};

function reportTarget({ replacement: { target, at }, parsed }: Target, tools: Tools, report: Report): void {
  if (!parsed.ok) {
    report('ARZ073', below(at, 'targetSelectorType'), { target, why: parsed.problem.message });
    return;
  }
  const selector = { kind: 'selector', context: '$request.body', selector: target, language: parsed.language } as const;
  for (const { severity, message, at: start, length } of problemsOf(selector, tools)) {
    if (severity !== 'error') continue;
    report('ARZ073', spanOf(below(at, 'target'), start, start + length), { target, why: message });
  }
}
