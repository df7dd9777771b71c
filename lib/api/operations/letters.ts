/** Dead letters: listing them, settling their run once more, throwing them away. */
import { discard } from '../../runtime/operator/discard.ts';
import { redrive } from '../../runtime/operator/resume.ts';
import { type ApiResponse, jsonResponse } from '../message.ts';
import type { ApiPorts, Called } from '../ports.ts';
import { problem } from '../problems.ts';
import { acting } from './actions.ts';

export async function listDeadLetters({ query }: Called, { letters }: ApiPorts): Promise<ApiResponse> {
  const { limit = 20, run } = query;
  const asked = { limit: Number(limit), ...(typeof run === 'string' && { run }) };
  return jsonResponse(200, { letters: await letters.list(asked) });
}

export async function redriveDeadLetter(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  const { id = '' } = called.path;
  const letter = await ports.letters.find(id);
  if (!letter) return noLetter(id);
  const { run } = letter;
  const response = await acting(called, ports, {
    run,
    asked: ['redrive', id],
    calls: true,
    act: (action, operator) => redrive({ ...action, letter: id }, operator),
  });
  if (response.status === 202) await ports.letters.redriven(letter);
  return response;
}

/** Written down in the run first: a letter is never gone without a word on who did it. */
export async function discardDeadLetter(called: Called, ports: ApiPorts): Promise<ApiResponse> {
  const { id = '' } = called.path;
  const letter = await ports.letters.find(id);
  if (!letter) return noLetter(id);
  const { run } = letter;
  const response = await acting(called, ports, {
    run,
    asked: ['discard', id],
    calls: false,
    status: 200,
    act: (action, operator) => discard({ ...action, letter: id }, operator),
  });
  if (response.status === 200) await ports.letters.remove(id);
  return response;
}

function noLetter(id: string): ApiResponse {
  return problem(
    'letter-not-found',
    `There is no dead letter ${id} (any more); GET /dead-letters lists those that are`,
  );
}
