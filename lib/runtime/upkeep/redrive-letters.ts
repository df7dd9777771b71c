/**
 * Dead letters driven once more, one after another: after a system is well again, say. A letter whose run goes on, or is
 * over, is removed; what still needs attention afterwards sends a new one. What is no letter of a run stays where it is.
 */
import type { OperatorPorts } from '../operator/action.ts';
import { redrive } from '../operator/resume.ts';
import type { LetterInHand, Letters } from '../ports/letters.ts';

export interface Redriven {
  readonly letter: string;
  readonly run?: string;
  readonly what: 'resumed' | 'refused' | 'no letter';
  readonly why?: string;
}

export async function redriveLetters(
  { actor, limit }: { readonly actor: string; readonly limit: number },
  ports: OperatorPorts & { readonly letters: Letters },
): Promise<readonly Redriven[]> {
  const redriven: Redriven[] = [];
  while (redriven.length < limit) {
    const taken = await ports.letters.take(limit - redriven.length);
    if (taken.length === 0) break;
    for (const letter of taken) redriven.push(await redriveOne(letter, actor, ports));
  }
  return redriven;
}

async function redriveOne(letter: LetterInHand, actor: string, ports: OperatorPorts): Promise<Redriven> {
  const { id, run } = letter;
  if (run === undefined) return { letter: id, what: 'no letter' };
  const answer = await redrive({ run, actor, letter: id }, ports);
  if (answer.kind === 'refused') return { letter: id, run, what: 'refused', why: answer.why };
  await letter.remove();
  return { letter: id, run, what: 'resumed' };
}
