/** `--reveal`: sensitive outputs of a run in place of their marks. Who asked stands in the run's audit trail. */
import { userInfo } from 'node:os';
import type { Session } from '../embedded/session.ts';
import type { RunView } from '../model/run.ts';
import type { Invocation } from './command.ts';

export const REVEAL_OPTION = {
  type: 'boolean',
  says: 'Show sensitive outputs, too, instead of a mark with their digest; the run notes who asked.',
} as const;

export async function revealed(view: RunView, session: Session, { options }: Invocation): Promise<RunView> {
  if (!options.flag('reveal') || view.outputs === null) return view;
  const outputs = await session.reveal({ run: view.runId, actor: userInfo().username });
  return outputs === null ? view : { ...view, outputs };
}
