/**
 * A replacement's `target` MUST be a JSON Pointer, or an expression of the language that `targetSelectorType` names;
 * for an XML payload it is an XPath (Arazzo 1.1, Payload Replacement Object). Only that it can be read is checked here:
 * what it finds depends on the payload.
 */
import { below, spanOf } from '../../diagnostics/place.ts';
import { parseLanguage } from '../../expressions/languages.ts';
import { problemsOf } from '../../expressions/problems.ts';
import type { Replacement, RequestBody } from '../../model/arazzo.ts';
import type { Report } from '../finding.ts';
import { type Rule, stepsOf } from '../rule.ts';

export const replacementTargetInvalid: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const { requestBody } = linked.step;
    for (const replacement of requestBody?.replacements ?? []) {
      if (requestBody !== undefined) reportTarget(requestBody, replacement, report);
    }
  }
};

function reportTarget(body: RequestBody, { target, targetSelectorType, at }: Replacement, report: Report): void {
  const isXml = /[/+]xml\b/i.test(body.contentType ?? '');
  const parsed = parseLanguage(targetSelectorType ?? (isXml ? 'xpath' : 'jsonpointer'));
  if (!parsed.ok) {
    report('ARZ073', below(at, 'targetSelectorType'), { target, why: parsed.problem.message });
    return;
  }
  const selector = { kind: 'selector', context: '$request.body', selector: target, language: parsed.language } as const;
  for (const { severity, message, at: start, length } of problemsOf(selector)) {
    if (severity === 'error')
      report('ARZ073', spanOf(below(at, 'target'), start, start + length), { target, why: message });
  }
}
