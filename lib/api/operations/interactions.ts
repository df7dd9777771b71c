/**
 * What a person says to a run that waits for it: a yes or no, which is an operator's action like the others. What systems say
 * is in messages.ts.
 */
import type { Json } from '../../model/json.ts';
import { digestOfValue } from '../../runtime/digest.ts';
import { secretKeyOf } from '../../runtime/digest-key.ts';
import { answer, type AnswerAction, boundProblem } from '../../runtime/operator/answer.ts';
import type { OperatorPorts } from '../../runtime/operator/action.ts';
import type { ApiResponse } from '../message.ts';
import type { ApiPorts, Called } from '../ports.ts';
import { acting, invalid, visitOf } from './actions.ts';

export function approveStep(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  return answered(called, ports, 'approved');
}

export function rejectStep(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  return answered(called, ports, 'rejected');
}

async function answered(called: Called, ports: ApiPorts, as: AnswerAction['as']): Promise<ApiResponse> {
  const { id: run = '', step = '' } = called.path;
  const { input } = called.body;
  const unfit = boundProblem(input);
  if (unfit) return invalid([unfit]);
  const where = { step, ...visitOf(called) };
  const given = input === undefined ? {} : { data: input };
  return await acting(called, ports, {
    run,
    asked: [as, where, input === undefined ? null : await digestIn(run, input, ports.operator)],
    calls: true,
    notOpen: 'nothing-waits',
    act: (action, operator) => answer({ ...action, ...where, ...given, as }, operator),
  });
}

/** Where a form asks for what is sensitive, nobody can tell from the digest of an answer what it was. */
async function digestIn(run: string, input: Json, { journal, plans, blobs }: OperatorPorts): Promise<string> {
  const header = await journal.header(run);
  const steps = header ? Object.values((await plans.plan(header.planHash)).steps) : [];
  const isSecret = steps.some(({ interaction }) => interaction && interaction.sensitive.length > 0);
  return digestOfValue(isSecret ? await secretKeyOf(run, blobs) : run, input);
}
