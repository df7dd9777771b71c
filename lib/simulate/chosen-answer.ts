/**
 * The answer that a simulated system gives to a call in a good run: of the documented ones the first that can be brought to
 * what the call's criteria want and to what later requests need of it. Where the document contradicts the criteria (the
 * status is not among those that it names, the schema does not allow the member), the answer is made all the same, since a
 * rehearsal takes the workflow's word for it, and the criteria are told as unmet.
 */
import type { Scope } from '../expressions/scope.ts';
import { atPointer } from '../expressions/pointer.ts';
import { type Json, own } from '../model/json.ts';
import type { PlanCall } from '../model/plan.ts';
import type { Criterion } from '../model/value.ts';
import { requestVerdict } from '../runtime/contract/contract.ts';
import { firstBreak } from '../runtime/contract/validate.ts';
import { candidatesFor, type Demand, meets } from './demands.ts';
import { type Documented, type DocumentedAnswer, documentedAnswers } from './documented-answer.ts';
import { fitted, isFit } from './fitted-answer.ts';
import { withLeaf } from './json-leaves.ts';
import type { SimulatedAnswer } from './simulated-answer.ts';

export interface Unmet {
  readonly criterion: Criterion;
  readonly why: string;
}

export interface Chosen {
  readonly answer: SimulatedAnswer;
  /** The criteria hold for it. */
  readonly isFit: boolean;
  readonly unmet: readonly Unmet[];
}

export interface Choosing extends Documented {
  /** Everything but the answer. */
  readonly scope: Scope;
  readonly demands: readonly Demand[];
  /** Why no request is made at all. */
  readonly unsent?: string;
}

/** What holds for a call without criteria. */
const GOOD: Criterion = { type: 'simple', condition: '$statusCode >= 200 && $statusCode < 300' };

export async function chosenAnswer(choosing: Choosing): Promise<Chosen> {
  const { call, scope } = choosing;
  const criteria = call.criteria.length > 0 ? call.criteria : [GOOD];
  const refused = await refusal(choosing);
  const documented = documentedAnswers(choosing);
  const whys: string[] = [];
  for (const one of documented) {
    const made = fitted(one.answer, criteria, scope);
    if (made && one.covers(made.status)) {
      const against = await contradiction(one, made, choosing);
      if (against === undefined) {
        const answer = await demanded(one, made, choosing);
        return { answer, isFit: true, unmet: refused === undefined ? [] : whole(criteria, refused) };
      }
      whys.push(against);
    }
  }
  return undocumented(choosing, criteria, documented, whys);
}

/** Of several reasons the first: it is that of the likeliest answer. */
function undocumented(
  { scope }: Choosing,
  criteria: readonly Criterion[],
  [likeliest]: readonly [DocumentedAnswer, ...DocumentedAnswer[]],
  [why]: readonly string[],
): Chosen {
  const { answer } = likeliest;
  const made = fitted(answer, criteria, scope);
  const culprits = criteria.filter((one) => !isFit(answer, [one], scope));
  const isStatusWanted = made !== undefined && !likeliest.covers(made.status);
  const said =
    why ??
    (isStatusWanted ? `the document has no answer ${made.status}` : 'nothing was found that meets all of the criteria');
  return { answer: made ?? answer, isFit: made !== undefined, unmet: whole(culprits, said) };
}

function whole(criteria: readonly Criterion[], why: string): readonly Unmet[] {
  return criteria.map((criterion) => ({ criterion, why }));
}

/** Why the request is no documented one: no system answers it as the criteria want. */
async function refusal({ plan, call, request, unsent }: Choosing): Promise<string | undefined> {
  if (unsent !== undefined) return `the request is not sent: ${unsent}`;
  const operation = own(plan.operations, call.operation);
  const system = operation && own(plan.systems, operation.system);
  if (!request || !operation || !system) return undefined;
  const verdict = await requestVerdict({ plan, step: call, operation, system }, request);
  return verdict.kind === 'enforced' ? verdict.why : undefined;
}

/** Only where the answer as the document has it holds to its schema: else nothing is proved by one that does not. */
async function contradiction(
  documented: DocumentedAnswer,
  made: SimulatedAnswer,
  { plan, call, documents }: Choosing,
): Promise<string | undefined> {
  const { answer, schema } = documented;
  if (schema === undefined || made.body === undefined || made.body === answer.body) return undefined;
  const definitions = documents.get(plan.operations[call.operation]?.system ?? '')?.schemas ?? {};
  const held = { schema, definitions, direction: 'response' } as const;
  const broken = await firstBreak({ ...held, value: made.body });
  if (!broken || (await firstBreak({ ...held, value: answer.body ?? null }))) return undefined;
  return `the schema of the answer ${made.status} has it otherwise: ${broken.pointer || 'the body'} ${broken.message}`;
}

/** With what later requests take out of it, as far as criteria and schema leave that open. */
async function demanded(
  documented: DocumentedAnswer,
  made: SimulatedAnswer,
  choosing: Choosing,
): Promise<SimulatedAnswer> {
  let answer = made;
  for (const demand of choosing.demands) {
    const found: Json | undefined = answer.body === undefined ? undefined : atPointer(answer.body, demand.tokens);
    if (await meets(found, demand)) continue;
    for (const candidate of candidatesFor(demand)) {
      const contentType = answer.contentType ?? 'application/json';
      const other = { ...answer, contentType, body: withLeaf(answer.body, demand.tokens, candidate) };
      if (!(await meets(candidate, demand)) || !keepsCriteria(other, choosing.call, choosing.scope)) continue;
      if ((await contradiction(documented, other, choosing)) !== undefined) continue;
      answer = other;
      break;
    }
  }
  return answer;
}

function keepsCriteria(answer: SimulatedAnswer, { criteria }: PlanCall, scope: Scope): boolean {
  return isFit(answer, criteria, scope);
}
