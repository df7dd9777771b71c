/**
 * How many bytes of a step's outputs may be in place, so that no payload of its machine comes near the service's 256 KiB:
 * a task is handed the outputs of all steps that it reads, and a Parallel hands on those of all its steps. The more a plan
 * gathers in one place, the less each step may put there.
 */
import { DEFAULTS } from '../model/defaults.ts';
import { oncePer } from '../model/once-per.ts';
import type { Plan, PlanNode, PlanSeries } from '../model/plan.ts';

/** Of 256 KiB; the rest is for names, counts and the frame of a payload. */
const PAYLOAD_BYTES = 192 * 1_024;

export const inlineBytesOf: (plan: Plan) => number = oncePer((plan: Plan): number =>
  Math.min(DEFAULTS.blobThresholdBytes, Math.floor(PAYLOAD_BYTES / gathered(plan))),
);

/** The most steps whose outputs are in one payload. */
function gathered({ steps, scopes, flow, tails }: Plan): number {
  const read = [...Object.values(steps), ...Object.values(scopes)].map(({ reads }) => reads.length);
  const joined = [flow, ...Object.values(tails)].flatMap((series) => series.map(stepsBeside));
  return Math.max(1, ...read, ...joined);
}

function stepsBeside(node: PlanNode): number {
  return node.kind === 'step' ? 1 : node.branches.reduce((sum, branch) => sum + stepsIn(branch), 0);
}

function stepsIn(series: PlanSeries): number {
  return series.reduce((sum, node) => sum + stepsBeside(node), 0);
}
