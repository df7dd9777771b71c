/** Where a system of a plan is declared: its source description in the document of the workflow; undefined for another's. */
import { below } from '../diagnostics/place.ts';
import type { Place } from '../model/diagnostic.ts';
import { isObject, type Json, own } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { Places } from './places.ts';
import { workflowPlace } from './workflow-place.ts';

export function systemPlace(places: Places, plan: Plan, system: string): Place | undefined {
  const document = workflowPlace(plan)?.document;
  const list = document === undefined ? undefined : { document, pointer: '/sourceDescriptions' };
  const sources = list && places.value(list);
  const index = Array.isArray(sources)
    ? (sources as readonly Json[]).findIndex((one) => isObject(one) && own(one, 'name') === system)
    : -1;
  return list && index >= 0 ? below(list, index) : undefined;
}
