/** The view of a run as the API answers it, from the journal by the operator's ports. */
import type { RunView } from '../../model/run.ts';
import { plansOf } from '../../runtime/effects.ts';
import type { OperatorPorts } from '../../runtime/operator/action.ts';
import type { RunRecord } from '../../runtime/ports/journal.ts';
import { shownOutputs } from '../../runtime/shown-outputs.ts';
import { trailOf } from '../../runtime/trail.ts';
import { viewFromRecord } from '../../runtime/view.ts';
import type { ApiResponse } from '../message.ts';
import { problem } from '../problems.ts';

export async function viewOf(run: string, ports: OperatorPorts): Promise<RunView | undefined> {
  const record = await ports.journal.record(run);
  return record && (await viewFrom(record, ports));
}

/** With everything that was done to the run. */
export async function auditedViewOf(run: string, ports: OperatorPorts): Promise<RunView | undefined> {
  const record = await ports.journal.record(run);
  if (!record) return undefined;
  return { ...(await viewFrom(record, ports)), audit: trailOf(record, await ports.journal.audits(run)) };
}

async function viewFrom(record: RunRecord, { plans, blobs, clock }: OperatorPorts): Promise<RunView> {
  const { header } = record;
  const shown = header.outputs && (await shownOutputs(header.outputs, header.runId, blobs));
  return viewFromRecord(record, await plansOf(header, plans), clock.now(), shown);
}

export function isAtRest({ status }: Pick<RunView, 'status'>): boolean {
  return status !== 'running' && status !== 'waiting' && status !== 'compensating';
}

export function noRun(run: string): ApiResponse {
  return problem('run-not-found', `There is no run ${run}`);
}
