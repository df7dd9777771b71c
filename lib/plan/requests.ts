/** A step's parameters and body in the plan's form. Inputs of workflows are not here: those are values of a scope. */
import type { RequestBody } from '../model/arazzo.ts';
import { assert } from '../model/assert.ts';
import type { LinkedParameter } from '../model/links.ts';
import type { PlanBody, PlanParameter } from '../model/plan.ts';
import { parseLanguage } from '../expressions/languages.ts';
import { parseValue } from '../expressions/values.ts';

export function planParameters(parameters: readonly LinkedParameter[]): readonly PlanParameter[] {
  return parameters.map(({ parameter }) => {
    assert(parameter.in, 'a parameter of an operation says where it goes');
    return { in: parameter.in, name: parameter.name, value: parseValue(parameter.value) };
  });
}

export function planBody(body: RequestBody | undefined): PlanBody | undefined {
  if (!body) return undefined;
  return {
    ...(body.contentType !== undefined && { contentType: body.contentType }),
    ...(body.payload !== undefined && { payload: parseValue(body.payload) }),
    replacements: body.replacements.map((replacement) => ({
      target: replacement.target,
      ...languageOf(replacement.targetSelectorType, body.contentType),
      value: parseValue(replacement.value),
    })),
  };
}

/** Arazzo 1.1, Payload Replacement Object: XPath for XML, JSON Pointer for the rest, unless the author says otherwise. */
function languageOf(
  written: RequestBody['replacements'][number]['targetSelectorType'],
  contentType: string | undefined,
): Pick<PlanBody['replacements'][number], 'language' | 'version'> {
  if (written === undefined) return { language: /[/+]xml\b/i.test(contentType ?? '') ? 'xpath' : 'jsonpointer' };
  const parsed = parseLanguage(written);
  assert(parsed.ok, 'the check has refused a selector type that does not exist');
  const { type, version } = parsed.language;
  return type === 'xpath' && version !== 'xpath-31' ? { language: type, version } : { language: type };
}
