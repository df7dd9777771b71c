/**
 * Condition and scope to verdict. Falsy are false and null, and a missing value is null (Arazzo 1.1 leaves the rest of
 * truthiness open); `&&`, `||` and `!` yield booleans. A verdict quotes the description and says what kind of value was
 * met, never the value itself: it ends up in logs and histories. Status code and method are no secrets and are told.
 */
import { assert, unreachable } from '../../model/assert.ts';
import type { Json } from '../../model/json.ts';
import type { Verdict } from '../verdict.ts';
import { resolve, walkTrail } from '../resolve.ts';
import type { Scope } from '../scope.ts';
import { OutOfWork, Work } from '../work.ts';
import { compare } from './compare.ts';
import type { Condition } from './condition.ts';

/** JSON values looked at in one condition: only comparing whole structures takes many. */
const MAX_STEPS = 2_000_000;

export function evaluateCondition(condition: Condition, text: string, scope: Scope): Verdict {
  const evaluation = new Evaluation(text, scope);
  try {
    const met = isTruthy(evaluation.value(condition));
    const { notes } = evaluation;
    return met ? { met, notes } : { met, why: evaluation.reason(condition), notes };
  } catch (error) {
    if (error instanceof OutOfWork) return { met: false, why: `comparing was given up: ${error.message}`, notes: [] };
    throw error;
  }
}

export function isTruthy(value: Json): boolean {
  return value !== false && value !== null;
}

class Evaluation {
  readonly #text: string;
  readonly #scope: Scope;
  readonly #work = new Work(MAX_STEPS);
  readonly #notes = new Set<string>();

  constructor(text: string, scope: Scope) {
    this.#text = text;
    this.#scope = scope;
  }

  get notes(): readonly string[] {
    return [...this.#notes];
  }

  value(condition: Condition): Json {
    switch (condition.kind) {
      case 'or':
        return condition.parts.some((part) => isTruthy(this.value(part)));
      case 'and':
        return condition.parts.every((part) => isTruthy(this.value(part)));
      case 'not':
        return !isTruthy(this.value(condition.part));
      case 'compare':
        return this.compared(condition);
      case 'literal':
        return condition.value;
      case 'reading':
        return this.reading(condition);
      case 'member':
        return walkTrail(this.value(condition.of), [condition.token]) ?? null;
      default:
        return unreachable(condition, 'condition');
    }
  }

  private compared(condition: Extract<Condition, { kind: 'compare' }>): boolean {
    if ([condition.left, condition.right].some((operand) => this.asksNobody(operand))) {
      // For its note.
      this.operands(condition);
      return false;
    }
    const result = compare(condition.operator, this.value(condition.left), this.value(condition.right), this.#work);
    if (result !== 'incomparable') return result;
    this.#notes.add(`${this.quote(condition)} compares what has no order: ${this.operands(condition)}`);
    return false;
  }

  /** Of an answer that there is not nothing holds, not even that it is another one. */
  private asksNobody(operand: Condition): boolean {
    if (operand.kind === 'member') return this.asksNobody(operand.of);
    if (operand.kind !== 'reading') return false;
    const { source } = operand.expression;
    if (source === 'statusCode') return this.#scope.statusCode === undefined;
    return source === 'response' && this.#scope.response === undefined;
  }

  private reading({ expression, text }: Extract<Condition, { kind: 'reading' }>): Json {
    const looked = resolve(expression, this.#scope);
    if (looked.found) return looked.value;
    this.#notes.add(`${text} is missing: ${looked.why}`);
    return null;
  }

  /** Why a condition that was false is false: the first part that decided it. */
  reason(condition: Condition): string {
    if (condition.kind === 'and') {
      const failed = condition.parts.find((part) => !isTruthy(this.value(part)));
      assert(failed !== undefined, 'a conjunction that is false has a part that is');
      return this.reason(failed);
    }
    if (condition.kind === 'compare') return `${this.quote(condition)} does not hold: ${this.operands(condition)}`;
    if (condition.kind === 'or') return `neither part of ${this.quote(condition)} holds`;
    return `${this.quote(condition)} is not true`;
  }

  private quote({ span }: Condition): string {
    const text = this.#text.slice(span.at, span.at + span.length);
    return text.length > 120 ? `\`${text.slice(0, 117)}...\`` : `\`${text}\``;
  }

  /** The operands that are not written out in the condition itself. */
  private operands({ left, right }: Extract<Condition, { kind: 'compare' }>): string {
    return [left, right]
      .filter(({ kind }) => kind !== 'literal')
      .map((operand) => `${this.plain(operand)} is ${this.kindOf(operand)}`)
      .join(', ');
  }

  private plain({ span }: Condition): string {
    return this.#text.slice(span.at, span.at + Math.min(span.length, 80));
  }

  private kindOf(operand: Condition): string {
    const value = this.value(operand);
    const open = operand.kind === 'reading' && ['statusCode', 'method'].includes(operand.expression.source);
    return open || value === null ? JSON.stringify(value) : describeKind(value);
  }
}

/** What a value is, without telling it. */
export function describeKind(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
