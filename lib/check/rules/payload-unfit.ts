/**
 * What stands in a payload as written fits the schema of the body: nothing that is required is left out, and constants have
 * their type. What expressions will yield is not known here. Only a warning: documents require more than their systems do.
 */
import { below, keyAt } from '../../diagnostics/place.ts';
import { formatPointer, parsePointer } from '../../expressions/pointer.ts';
import { parseValue } from '../../expressions/values.ts';
import type { RequestBody } from '../../model/arazzo.ts';
import type { Json } from '../../model/json.ts';
import type { Report } from '../finding.ts';
import { typedPolicies } from '../policy.ts';
import { type CallOf, callsOf, type Rule } from '../rule.ts';
import { payloadFaults } from '../payload-faults.ts';

export const payloadUnfit: Rule = (links, report) => {
  for (const call of callsOf(links)) {
    const { requestBody } = call.linked.step;
    if (requestBody?.payload !== undefined) reportIn(requestBody, requestBody.payload, call, report);
  }
};

function reportIn(body: RequestBody, payload: Json, call: CallOf, report: Report): void {
  const schema = schemaOf(body, call);
  const put = putInLater(body, call);
  if (schema === undefined || put === undefined) return;
  const definitions = call.target.document.schemas;
  for (const { path, ...fault } of payloadFaults(parseValue(payload), schema, { definitions, put })) {
    const whole = below(body.at, 'payload', ...path);
    const at = fault.kind === 'misspelt' ? keyAt(whole) : whole;
    report('ARZ117', at, {
      ...fault,
      where: formatPointer(path),
      stepId: call.linked.step.stepId,
      operation: call.title,
    });
  }
}

/** Of the type that is sent: the step's own, else JSON where the operation takes it. */
function schemaOf({ contentType }: RequestBody, { target }: CallOf): Json | undefined {
  const json = target.operation.requestBody?.content.find((media) => /[/+]json\b/.test(media.contentType));
  if (contentType !== undefined && !/[/+]json\b/.test(contentType)) return undefined;
  return json?.schema;
}

/** Pointers of what is put into the payload before it is sent; undefined where that cannot be told. */
function putInLater({ replacements }: RequestBody, { linked }: CallOf): ReadonlySet<string> | undefined {
  const { idempotency } = typedPolicies.ofStep(linked.step.policy);
  const targets = replacements.map(({ target, targetSelectorType }) =>
    targetSelectorType === undefined && parsePointer(target) ? target : undefined,
  );
  const known = targets.flatMap((target) => target ?? []);
  if (known.length < targets.length) return undefined;
  return new Set([...known, ...(idempotency?.field === undefined ? [] : [idempotency.field])]);
}
