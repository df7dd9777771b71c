/**
 * What becomes of one mutant: it plays what the integration itself has played, until something is different. What has told
 * most mutants apart comes first, and what never passes the place where the mutant differs is not played: it is the same.
 */
import type { SubjectOptions } from '../../lib/rehearse/scenario.ts';
import { playerOf } from '../../test/support/rehearsing.ts';
import { type Scenario, type Tale, taleOf } from './mutation-scenarios.ts';

export type Fate = 'violated' | 'refused' | 'changed' | 'detoured' | 'survived';

export interface Judgement {
  readonly fate: Fate;
  readonly by: string;
  /** How many scenarios it took. */
  readonly played: number;
}

/** So many more are played for something worse than another way to the same end. */
const AFTER_A_DETOUR = 300;
/** A time is another one from here on. */
const TELLING_MS = 1_000;

export class Judge {
  private readonly telling = new Map<string, number>();

  async judge(
    options: SubjectOptions,
    scenarios: readonly Scenario[],
    differs: (covered: ReadonlySet<string>) => boolean,
  ): Promise<Judgement> {
    const play = playerOf(options);
    let detour: string | undefined;
    let [played, left] = [0, Number.POSITIVE_INFINITY];
    for (const { name, job, tale } of this.inOrder(scenarios.filter(({ covered }) => differs(covered)))) {
      if (left <= 0) break;
      left -= 1;
      played += 1;
      const found = await foundBy(() => play([job]), tale);
      if (found.fate === 'survived') continue;
      if (detour === undefined) this.telling.set(name, (this.telling.get(name) ?? 0) + 1);
      if (found.fate !== 'detoured') return { fate: found.fate, by: `${name}: ${found.by}`, played };
      detour ??= `${name}: ${found.by}`;
      left = Math.min(left, AFTER_A_DETOUR);
    }
    return detour === undefined ? { fate: 'survived', by: '', played } : { fate: 'detoured', by: detour, played };
  }

  private inOrder(scenarios: readonly Scenario[]): readonly Scenario[] {
    const told = ({ name }: Scenario): number => this.telling.get(name) ?? 0;
    // A seed that breaks a promise is made smaller by its player, which takes as long as a hundred others.
    const drawn = ({ job }: Scenario): number => ('seed' in job ? 1 : 0);
    return scenarios.toSorted((one, other) => drawn(one) - drawn(other) || told(other) - told(one));
  }
}

type Played = ReturnType<ReturnType<typeof playerOf>>;

async function foundBy(play: () => Played, was: Tale): Promise<Pick<Judgement, 'fate' | 'by'>> {
  try {
    const [one] = await play();
    const [violation] = one?.violations ?? [];
    if (violation) return { fate: 'violated', by: `invariant ${violation.invariant}` };
    return one ? difference(was, taleOf(one)) : { fate: 'survived', by: '' };
  } catch (error) {
    return { fate: 'refused', by: (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '' };
  }
}

function difference(was: Tale, is: Tale): Pick<Judgement, 'fate' | 'by'> {
  if (was.end !== is.end) return { fate: 'changed', by: `${was.end} -> ${is.end}` };
  if (was.way !== is.way) return { fate: 'detoured', by: `${was.way} -> ${is.way}` };
  if (Math.abs(was.ms - is.ms) >= TELLING_MS) return { fate: 'detoured', by: `${was.ms} ms -> ${is.ms} ms` };
  return { fate: 'survived', by: '' };
}
