/** Replacements of all linked steps, each with the language that its target is in: XPath by default for XML only. */
import { type ParsedLanguage, parseLanguage } from '../expressions/languages.ts';
import type { Replacement } from '../model/arazzo.ts';
import type { Links } from '../model/links.ts';
import { stepsAndBesideOf } from './rule.ts';

export interface Target {
  readonly replacement: Replacement;
  readonly parsed: ParsedLanguage;
}

export function targetsOf(links: Links): Target[] {
  return stepsAndBesideOf(links).flatMap(({ linked: { step } }) => {
    const isXml = /[/+]xml\b/i.test(step.requestBody?.contentType ?? '');
    return (step.requestBody?.replacements ?? []).map((replacement) => ({
      replacement,
      parsed: parseLanguage(replacement.targetSelectorType ?? (isXml ? 'xpath' : 'jsonpointer')),
    }));
  });
}
