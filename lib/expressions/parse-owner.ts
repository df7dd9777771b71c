/**
 * `$steps...` and `$workflows...`: an owner's id, a field, a member. The grammar allows letters, digits, `-` and `_` in
 * an id; documents in use have dots and blanks too, so the id is whatever stands before the first known field. Some leave
 * out `.outputs`, which is all that could follow the id of a step.
 */
import type { Cursor } from './cursor.ts';
import type { Expression, WorkflowStep } from './expression.ts';
import { expectEnd, isStrict, takeMember } from './parse-inside.ts';

export function takeStep(cursor: Cursor): Expression {
  const { id, field } = takeOwner(cursor, 'step', ['outputs']);
  return { source: 'steps', stepId: id, ...takeMember(cursor, `$steps.${id}.${field}`) };
}

export function takeWorkflow(cursor: Cursor): Expression {
  const { id, field } = takeOwner(cursor, 'workflow', ['inputs', 'outputs', 'steps']);
  if (field === 'steps') return takeWorkflowStep(cursor, id);
  const member = takeMember(cursor, `$workflows.${id}.${field}`);
  return { source: 'workflows', workflowId: id, field: field === 'inputs' ? 'inputs' : 'outputs', ...member };
}

/** Only `dependsOn` refers to a step of another workflow by itself; its outputs may follow. */
function takeWorkflowStep(cursor: Cursor, workflowId: string): WorkflowStep {
  if (!cursor.accept('.')) cursor.fail('incomplete', 'the id of the step is missing');
  const stepId = cursor.takeWhile(isStrict);
  if (stepId === '') cursor.fail('incomplete', 'the id of the step is missing');
  const step = { source: 'workflows', workflowId, field: 'steps', stepId } as const;
  if (!cursor.accept('.outputs')) {
    expectEnd(cursor);
    return { ...step, trail: [], pointer: [] };
  }
  return { ...step, ...takeMember(cursor, `$workflows.${workflowId}.steps.${stepId}.outputs`) };
}

interface Owner {
  readonly id: string;
  readonly field: string;
}

/** `.<id>.<field>`, with the cursor left after the field. */
function takeOwner(cursor: Cursor, kind: string, fields: readonly string[]): Owner {
  const nothing: Owner = { id: '', field: fields[0] ?? '' };
  if (!cursor.accept('.')) cursor.fail('incomplete', `the id of the ${kind} is missing`);
  const start = cursor.at;
  const found = firstField(cursor, fields);
  if (found === undefined) {
    const [field, ...others] = fields;
    const id = field !== undefined && others.length === 0 ? withoutField(cursor, kind, field) : undefined;
    if (field !== undefined && id !== undefined) return { id, field };
    failWithoutField(cursor, kind, fields);
    return nothing;
  }
  cursor.skip(found.at - start);
  const id = cursor.text.slice(start, found.at);
  if (id === '') cursor.fail('incomplete', `the id of the ${kind} is missing`);
  if (!/^[A-Za-z0-9_-]*$/.test(id)) tolerateId(cursor, kind, start, id);
  cursor.skip(found.field.length + 1);
  return { id, field: found.field };
}

/** Where `.outputs` (or another field) first ends a segment, before any pointer or brace. */
function firstField(cursor: Cursor, fields: readonly string[]): { at: number; field: string } | undefined {
  const pattern = new RegExp(`\\.(${fields.join('|')})(?=[.#[]|$)`);
  const rest = /^[^#[{}]*/.exec(cursor.text.slice(cursor.at))?.[0] ?? '';
  cursor.work.spend(rest.length);
  const match = pattern.exec(rest);
  return match?.[1] === undefined ? undefined : { at: cursor.at + match.index, field: match[1] };
}

/** `$steps.login.token`: where only one field could stand, what follows the id can only be a member of it. */
function withoutField(cursor: Cursor, kind: string, field: string): string | undefined {
  const start = cursor.at;
  const [text, id, member] = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9._-]+)/.exec(cursor.text.slice(start)) ?? [];
  if (text === undefined || id === undefined || member === undefined) return undefined;
  const span = { at: start, length: text.length };
  // `.output.token`: the field is there, but for a letter.
  const named = member.startsWith(`${field.slice(0, -1)}.`) ? member.slice(field.length) : member;
  cursor.tolerate('outputs-omitted', `after the id of a ${kind} comes \`.${field}\``, span, `${id}.${field}.${named}`);
  cursor.skip(id.length);
  return id;
}

function failWithoutField(cursor: Cursor, kind: string, fields: readonly string[]): void {
  const [id = '', ...rest] = (/^[^#[]*/.exec(cursor.text.slice(cursor.at))?.[0] ?? '').split('.');
  const list = fields.map((field) => `\`.${field}\``).join(', ');
  const message = `after the id of a ${kind} comes ${list}`;
  const instead = rest.length > 0 && fields.length === 1 ? [id, fields[0], ...rest].join('.') : undefined;
  const span = { at: cursor.at, length: [id, ...rest].join('.').length };
  cursor.fail('outputs-omitted', message, span, instead);
}

function tolerateId(cursor: Cursor, kind: string, start: number, id: string): void {
  const message = `the id of a ${kind} is made of letters, digits, \`-\` and \`_\`, unlike \`${id}\``;
  cursor.tolerate('loose-id', message, cursor.spanFrom(start));
}
