/**
 * A call's request, ready to be authorised: built from the values of the run, and held to its OpenAPI document before
 * anything is sent. What is only reported is a note; it keeps nobody from sending.
 */
import type { SystemEnvironment } from '../../model/environment.ts';
import type { Scope } from '../../expressions/scope.ts';
import { requestVerdict } from '../contract/contract.ts';
import type { Calling } from '../passage.ts';
import { type Built, buildRequest } from './build.ts';
import { xmlWriterFor } from './xml.ts';

export interface Preparing {
  readonly calling: Pick<Calling, 'plan' | 'step' | 'operation' | 'system' | 'idempotencyKey'>;
  readonly environment: SystemEnvironment;
  readonly scope: Scope;
  readonly strict?: boolean;
}

export async function preparedRequest({ calling, ...context }: Preparing): Promise<Built> {
  const { plan, step, operation, idempotencyKey } = calling;
  const xml = await xmlWriterFor(step, operation);
  const built = buildRequest({ plan, step, idempotencyKey, ...context, ...(xml && { xml }) });
  if (!built.ok) return built;
  const verdict = await requestVerdict(calling, built.request);
  switch (verdict.kind) {
    case 'holds':
      return built;
    case 'reported':
      return { ...built, notes: [...built.notes, verdict.why] };
    case 'enforced':
      return { ok: false, why: verdict.why, notes: built.notes };
  }
}
