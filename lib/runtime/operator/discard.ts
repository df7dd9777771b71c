/** Throwing a dead letter away: whoever keeps the queue removes it, the run keeps who did it and why. Nothing is undone. */
import { type Action, audited, type OperatorPorts, type Refused, unknownRun } from './action.ts';

export interface DiscardAction extends Action {
  readonly letter: string;
}

export type Discarded = { readonly kind: 'discarded' };

export async function discard(action: DiscardAction, ports: OperatorPorts): Promise<Discarded | Refused> {
  const { run, letter } = action;
  const header = await ports.journal.header(run);
  if (!header) return unknownRun(run);
  const entry = { action: 'discarded', detail: { letter } } as const;
  return await audited(action, ports, entry, () => Promise.resolve({ kind: 'discarded' }));
}
