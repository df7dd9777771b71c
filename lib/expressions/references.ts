/**
 * Which expressions a value or criterion reads, found without evaluating: the ground of dependency analysis and of
 * checks. Text that is broken refers to nothing; problems.ts reports it.
 */
import { unreachable } from '../model/assert.ts';
import type { Criterion, Value } from '../model/value.ts';
import type { Expression } from './expression.ts';
import { parseExpression } from './parse.ts';
import type { Path } from './problem.ts';
import type { Condition } from './simple/condition.ts';
import { parseCondition } from './simple/parse.ts';
import { splitTemplate } from './template.ts';

export interface Reference {
  readonly expression: Expression;
  readonly text: string;
  /** Offset of the expression in the string at `path`. */
  readonly at: number;
  /** From the JSON that the subject was read from. */
  readonly path: Path;
}

export function references(subject: Value | Criterion): readonly Reference[] {
  return 'type' in subject ? ofCriterion(subject) : ofValue(subject, []);
}

/** Ids of the steps of the same workflow whose outputs are read. */
export function stepsRead(subject: Value | Criterion): ReadonlySet<string> {
  const ids = references(subject).map(({ expression }) =>
    expression.source === 'steps' ? expression.stepId : undefined,
  );
  return new Set(ids.filter((id) => id !== undefined));
}

function ofCriterion(criterion: Criterion): readonly Reference[] {
  if (criterion.type === 'simple') return ofSimple(criterion.condition);
  return [...ofText(criterion.context, 0, ['context']), ...ofTemplate(criterion.condition, ['condition'])];
}

function ofSimple(text: string): readonly Reference[] {
  const parsed = parseCondition(text);
  return parsed.ok ? ofCondition(parsed.condition) : [];
}

function ofCondition(condition: Condition): readonly Reference[] {
  switch (condition.kind) {
    case 'or':
    case 'and':
      return condition.parts.flatMap(ofCondition);
    case 'not':
      return ofCondition(condition.part);
    case 'compare':
      return [...ofCondition(condition.left), ...ofCondition(condition.right)];
    case 'member':
      return ofCondition(condition.of);
    case 'reading':
      return [{ expression: condition.expression, text: condition.text, at: condition.span.at, path: ['condition'] }];
    case 'literal':
      return [];
    default:
      return unreachable(condition, 'condition');
  }
}

function ofValue(value: Value, path: Path): readonly Reference[] {
  switch (value.kind) {
    case 'literal':
      return [];
    case 'expression':
      return ofText(value.text, 0, path);
    case 'template':
      return ofTemplate(value.parts.map((part) => (typeof part === 'string' ? part : `{${part.text}}`)).join(''), path);
    case 'array':
      return value.items.flatMap((item, index) => ofValue(item, [...path, index]));
    case 'object':
      return value.fields.flatMap(({ name, value: inner }) => ofValue(inner, [...path, name]));
    case 'selector':
      return [...ofText(value.context, 0, [...path, 'context']), ...ofTemplate(value.selector, [...path, 'selector'])];
    default:
      return unreachable(value, 'value');
  }
}

function ofTemplate(text: string, path: Path): readonly Reference[] {
  return splitTemplate(text).flatMap((part) => (typeof part === 'string' ? [] : ofText(part.text, part.at + 1, path)));
}

function ofText(text: string, at: number, path: Path): readonly Reference[] {
  const parsed = parseExpression(text);
  return parsed.ok ? [{ expression: parsed.expression, text, at, path }] : [];
}
