/** What commands about runs take alike: the data folder, how many, and a run by its id or by so much of it as only one has. */
import type { Session } from '../embedded/session.ts';
import { type OptionSpec, usageFailure } from './command.ts';

export const DATA_OPTION: OptionSpec = {
  type: 'string',
  value: 'DIR',
  says: 'The data folder (default .interlock beside the nearest package.json).',
};

export const LIMIT_OPTION: OptionSpec = {
  type: 'string',
  value: 'N',
  says: 'List at most so many (default 20, at most 1000).',
};

export function limitOf(given: string | undefined): number {
  const limit = Number(given ?? '20');
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw usageFailure(`--limit ${given} is no number from 1 to 1000`, 'Write it like --limit 50.');
}

export async function runNamed(given: string, session: Pick<Session, 'named'>): Promise<string> {
  const [only, ...others] = given === '' ? [] : await session.named(given);
  if (only === undefined) {
    throw usageFailure(
      `There is no run ${given === '' ? 'without a name' : given} in this data folder`,
      'Run `interlock runs` for those that are.',
    );
  }
  if (others.length === 0) return only;
  throw usageFailure(
    `${given} is the beginning of several runs: ${[only, ...others].join(', ')}`,
    'Write so much of the id as only one of them has.',
  );
}
