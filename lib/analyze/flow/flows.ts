/**
 * The data-flow map: every value that a plan hands from an answer or an input to a request, with what the documents say of
 * it at both ends, and whether that fits. Findings (FLW) are made where the two schemas prove a misfit; what they leave open
 * is `unknown`, and no finding.
 */
import type { Report } from '../../check/finding.ts';
import type { Plan } from '../../model/plan.ts';
import { facetsOf } from '../fit/facets.ts';
import { type Misfit, misfits } from '../fit/fit.ts';
import type { Places } from '../places.ts';
import { workflowPlace } from '../workflow-place.ts';
import { typeWords } from './type-words.ts';
import { type Slot, slotsOf } from './slots.ts';
import { type Source, Sources } from './sources.ts';

/** From best to worst. */
export const VERDICTS = ['fits', 'unknown', 'may-be-absent', 'may-not-fit', 'unfit'] as const;
export type FlowVerdict = (typeof VERDICTS)[number];

export interface FlowEnd {
  readonly system?: string;
  readonly operation?: string;
  /** What the documents say of the value there; `?` where they say nothing. */
  readonly type: string;
}

export interface Flow {
  readonly from: FlowEnd & {
    readonly kind: Source['kind'];
    /** Path of the step or call. */
    readonly step?: string;
    readonly by?: 'probe' | 'fallback';
    readonly text: string;
  };
  readonly to: FlowEnd & {
    readonly step: string;
    readonly in: Slot['in'];
    readonly name: string;
  };
  readonly verdict: FlowVerdict;
  /** Codes of the findings. */
  readonly codes: readonly string[];
}

export interface FlowContext {
  readonly plan: Plan;
  readonly places: Places;
  readonly report: Report;
}

export function flowsOf(context: FlowContext): readonly Flow[] {
  const sources = new Sources(context.plan);
  const optional = new Set<string>();
  const flows = slotsOf(context.plan).flatMap((slot) =>
    sources.of(slot.value, slot.view).flatMap((source) => {
      const problems = problemsOf(source, slot);
      if (source.kind === 'constant' && problems.length === 0) return [];
      for (const problem of problems) {
        if (isOptionalInput(source, problem)) optional.add(source.text.replace(/^\$inputs\./, ''));
        else tell(context, source, slot, problem);
      }
      return [flow(context.plan, source, slot, problems)];
    }),
  );
  tellOptional(context, [...optional]);
  return flows;
}

/** Said once for all of a workflow's inputs: there is one change to make. */
function isOptionalInput({ kind }: Source, problem: Misfit): boolean {
  return kind === 'input' && problem.kind === 'absent' && problem.path.length === 0;
}

function tellOptional({ plan, places, report }: FlowContext, names: readonly string[]): void {
  const workflow = workflowPlace(plan);
  if (names.length === 0 || !workflow) return;
  report('FLW009', places.of(workflow, ['inputs']), { workflowId: plan.workflowId, names });
}

function flow(plan: Plan, source: Source, slot: Slot, problems: readonly Misfit[]): Flow {
  const { kind, text, call, by } = source;
  return {
    from: {
      kind,
      text,
      type: source.typed ? typeWords(source.typed) : '?',
      ...(call !== undefined && { step: call, ...endOf(plan, call) }),
      ...(by && { by }),
    },
    to: {
      step: slot.call,
      in: slot.in,
      name: slot.name,
      type: slot.typed ? typeWords(slot.typed) : '?',
      ...endOf(plan, slot.call),
    },
    verdict: verdictOf(source, slot, problems),
    codes: [...new Set(problems.map((problem) => (isOptionalInput(source, problem) ? 'FLW009' : CODES[problem.kind])))],
  };
}

function endOf(plan: Plan, path: string): { readonly system?: string; readonly operation?: string } {
  const call = plan.steps[path] ?? plan.calls[path];
  const operation = call && plan.operations[call.operation];
  if (!operation) return {};
  return { system: operation.system, operation: titleOfOperation(operation) };
}

/** As people name it: `GET /orders/{id}`, `receive shipped`. */
export function titleOfOperation({ method, path, message }: Plan['operations'][string]): string {
  return message ? `${message.action} ${message.channel}` : `${method.toUpperCase()} ${path}`;
}

function verdictOf(source: Source, slot: Slot, problems: readonly Misfit[]): FlowVerdict {
  if (problems.some(({ certain }) => certain)) return 'unfit';
  if (problems.some(({ kind }) => kind !== 'absent')) return 'may-not-fit';
  if (problems.length > 0) return 'may-be-absent';
  const isTold = source.typed && slot.typed && facetsOf(source.typed).isTold && facetsOf(slot.typed).isTold;
  return isTold && source.presence !== 'unknown' ? 'fits' : 'unknown';
}

/** That the value itself is not there comes first: then nothing is left to be compared. */
function problemsOf(source: Source, slot: Slot): readonly Misfit[] {
  const absence = absenceOf(source, slot);
  if (absence?.kind === 'missing') return [absence];
  const found = source.typed && slot.typed ? misfits(source.typed, slot.typed, slot.sent) : [];
  // What has to be sent and is written out as text is not sent where it is null.
  const ofNull = slot.without === 'unsent' && slot.sent === 'text' ? nullOf(source) : [];
  return [...(absence ? [absence] : []), ...ofNull, ...found];
}

const WANTED: { readonly [without in Exclude<Slot['without'], 'left-out'>]: string } = {
  null: 'something, or null is sent',
  unsent: 'something, or nothing is sent',
};

function absenceOf({ presence }: Source, { without }: Slot): Misfit | undefined {
  if (without === 'left-out') return undefined;
  const base = { path: [], wanted: WANTED[without] };
  switch (presence) {
    case 'never':
      return { ...base, kind: 'missing', certain: true, given: 'never there' };
    case 'untold':
      return { ...base, kind: 'missing', certain: false, given: 'not among what the answer is said to hold' };
    case 'maybe':
      return { ...base, kind: 'absent', certain: false, given: 'not required there' };
    case 'sure':
    case 'unknown':
      return undefined;
  }
}

function nullOf({ typed }: Source): readonly Misfit[] {
  if (!typed) return [];
  const { kinds, isTold } = facetsOf(typed);
  if (!isTold || !kinds.has('null')) return [];
  return [
    { kind: 'null', certain: kinds.size === 1, path: [], given: 'null', wanted: 'something, or nothing is sent' },
  ];
}

export const CODES = {
  missing: 'FLW001',
  absent: 'FLW002',
  null: 'FLW003',
  type: 'FLW004',
  value: 'FLW005',
  format: 'FLW006',
  size: 'FLW007',
  member: 'FLW008',
} as const;

function tell({ plan, places, report }: FlowContext, source: Source, slot: Slot, misfit: Misfit): void {
  const place = places.of(slot.origin, slot.way);
  const { operation } = endOf(plan, slot.call);
  report(CODES[misfit.kind], place, {
    from: fromWords(source),
    to: toWords(slot),
    operation: operation ?? `workflow ${plan.scopes[slot.call]?.workflowId ?? slot.call}`,
    within: misfit.path.join('/'),
    given: misfit.given,
    wanted: misfit.wanted,
    certain: misfit.certain,
    ...(source.by && { by: source.by }),
  });
}

function fromWords({ kind, text, call }: Source): string {
  return kind === 'answer' && call !== undefined ? `${text} of ${call}` : text;
}

function toWords({ in: where, name, call }: Slot): string {
  if (where === 'body') return `${name === '' ? 'the body' : `${name} in the body`} of ${call}`;
  return where === 'inputs' ? `the input ${name} of ${call}` : `the ${where} parameter ${name} of ${call}`;
}
