/**
 * Criterion and scope to verdict (Arazzo 1.1, Condition Evaluation). A context that is missing or null, and any error
 * while evaluating, is "not met" with a reason: a criterion never throws and never stops a run by itself.
 */
import { assert, unreachable } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import type { Criterion } from '../model/value.ts';
import { BoundedCache } from './cache.ts';
import { embed } from './embed.ts';
import { queryAlone, queryJson } from './jsonpath/evaluate.ts';
import { lookUp } from './look-up.ts';
import { compileRegex } from './regex.ts';
import type { Scope } from './scope.ts';
import { evaluateCondition } from './simple/evaluate.ts';
import { type ParsedCondition, parseCondition } from './simple/parse.ts';
import { stringify } from './stringify.ts';
import type { Verdict } from './verdict.ts';

type Contextual = Exclude<Criterion, { type: 'simple' }>;

export function evaluateCriterion(criterion: Criterion, scope: Scope): Verdict {
  return criterion.type === 'simple' ? evaluateSimple(criterion.condition, scope) : evaluateInContext(criterion, scope);
}

/** All of them have to be met; the first that is not decides. */
export function evaluateCriteria(criteria: readonly Criterion[], scope: Scope): Verdict {
  const notes: string[] = [];
  for (const criterion of criteria) {
    const verdict = evaluateCriterion(criterion, scope);
    notes.push(...verdict.notes);
    if (!verdict.met) return { ...verdict, notes };
  }
  return { met: true, notes };
}

const conditions = new BoundedCache<ParsedCondition>();

function evaluateSimple(text: string, scope: Scope): Verdict {
  const parsed = conditions.get(text, (source) => parseCondition(source));
  return parsed.ok
    ? evaluateCondition(parsed.condition, text, scope)
    : notMet(`the condition cannot be read: ${parsed.problem.message}`);
}

function evaluateInContext(criterion: Contextual, scope: Scope): Verdict {
  const context = lookUp(criterion.context, scope);
  if (!context.found) return notMet(`its context ${criterion.context} is missing: ${context.why}`);
  if (context.value === null) return notMet(`its context ${criterion.context} is null`);
  const condition = embed(criterion.condition, criterion.type, scope);
  if (!condition.ok) return notMet(condition.why);
  return evaluateOver(criterion, context.value, condition.text, scope);
}

function evaluateOver(criterion: Contextual, context: Json, condition: string, scope: Scope): Verdict {
  switch (criterion.type) {
    case 'regex':
      return overText(criterion, context, condition);
    case 'jsonpath':
      return overJson(criterion, context, condition);
    case 'xpath':
      return overXml(criterion, context, condition, scope);
    default:
      return unreachable(criterion, 'criterion');
  }
}

function overText(criterion: Contextual, context: Json, condition: string): Verdict {
  const regex = compileRegex(condition);
  if (!regex.ok) return notMet(regex.problem.message);
  const text = stringify(context);
  if (text === undefined) return notMet(`${criterion.context} is nested too deeply to be matched`);
  const matched = regex.matches(text);
  if (matched === 'too-much-work') return notMet(`${criterion.context} is too long for this pattern`);
  return matched ? met() : notMet(`${criterion.context} does not match the pattern ${quote(criterion)}`);
}

/**
 * A filter at the root looks at the members of the context, while authors (and the standard's own example) mean the
 * context itself. RFC 9535 is asked first; nothing found, the filter is tried on a list that holds the context.
 */
function overJson(criterion: Extract<Criterion, { type: 'jsonpath' }>, context: Json, condition: string): Verdict {
  const selected = queryJson(condition, context, criterion.version);
  if (!selected.ok) return notMet(`the JSONPath ${quote(criterion)} fails: ${selected.why}`);
  if (selected.nodes.length > 0) return met();
  if (!criterion.condition.startsWith('$[?'))
    return notMet(`${quote(criterion)} selects nothing in ${criterion.context}`);
  const wrapped = queryAlone(condition, context, criterion.version);
  if (!wrapped.ok || wrapped.nodes.length === 0)
    return notMet(`${quote(criterion)} selects nothing in ${criterion.context}`);
  return met([`${quote(criterion)} holds for ${criterion.context} itself, not for a member of it as RFC 9535 has it`]);
}

function overXml(
  criterion: Extract<Criterion, { type: 'xpath' }>,
  context: Json,
  condition: string,
  scope: Scope,
): Verdict {
  assert(scope.xpath !== undefined, 'XPath is loaded before a criterion that uses it is evaluated');
  if (typeof context !== 'string') return notMet(`${criterion.context} is no XML text`);
  const tested = scope.xpath.test(condition, context, criterion.version);
  if (!tested.ok) return notMet(`the XPath ${quote(criterion)} fails: ${tested.why}`);
  return tested.value ? met(tested.notes) : notMet(`${quote(criterion)} is not true in ${criterion.context}`);
}

/** The condition as the author wrote it, before any value was put in. */
function quote({ condition }: Criterion): string {
  return condition.length > 120 ? `\`${condition.slice(0, 117)}...\`` : `\`${condition}\``;
}

function met(notes: readonly string[] = []): Verdict {
  return { met: true, notes };
}

function notMet(why: string): Verdict {
  return { met: false, why, notes: [] };
}
