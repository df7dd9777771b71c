/** What somebody else says to a run that waits for it: a person's yes or no, a system's callback. */
import { own } from '../../model/json.ts';
import { type ApiResponse, jsonResponse } from '../message.ts';
import type { ApiPorts, Called, InteractionAnswer } from '../ports.ts';
import { problem } from '../problems.ts';
import { noRun, viewOf } from './run-view.ts';

export function approveStep(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  return answered(called, ports, 'approve');
}

export function rejectStep(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  return answered(called, ports, 'reject');
}

async function answered(
  { path, body, actor }: Called,
  ports: ApiPorts,
  answer: InteractionAnswer['answer'],
): Promise<ApiResponse> {
  const { id: run = '', step = '' } = path;
  const { operator, interactions, acting } = ports;
  const header = await operator.journal.header(run);
  if (!header) return noRun(run);
  const { steps } = await operator.plans.plan(header.planHash);
  const planned = own(steps, step) ?? Object.values(steps).find(({ stepId }) => stepId === step);
  if (!planned) return problem('step-not-found', `The workflow of run ${run} has no step ${step}`);
  const { note } = body;
  const given = await interactions.give({
    run,
    step: planned.path,
    answer,
    actor,
    ...(typeof note === 'string' && { note }),
  });
  if (given.kind === 'nothing-waits') return problem('nothing-waits', `${planned.path} of run ${run} waits for nobody`);
  acting.acted(run);
  return jsonResponse(202, await viewOf(run, operator));
}

/** Whoever guesses learns nothing: an id that never was and one of somebody else's run answer alike. */
export async function receiveCallback({ path, text, headers }: Called, { callbacks }: ApiPorts): Promise<ApiResponse> {
  const { id = '' } = path;
  const { kind } = await callbacks.receive({ id, body: text, headers });
  switch (kind) {
    case 'received':
      return jsonResponse(202, { received: true });
    case 'unknown':
      return problem('callback-not-found', 'Nothing waits under this id');
    case 'refused':
      return problem('callback-refused', 'Sign the body as it is sent, with the secret that was agreed on');
    case 'over':
      return problem('callback-over', 'What was waited for has come, or nobody waits any more');
  }
}
