/** How the typed policies of the description's nodes are found: lib/check has read and validated them. */
import type { JsonObject } from '../model/json.ts';
import type { StepPolicy, SystemPolicy, WorkflowPolicy } from '../model/policy.ts';

export interface Policies {
  ofSystem(policy: JsonObject): SystemPolicy;
  ofWorkflow(policy: JsonObject): WorkflowPolicy;
  ofStep(policy: JsonObject): StepPolicy;
}
