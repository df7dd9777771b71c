/**
 * One run of a subject without any fault: what becomes of a workflow when every system answers as its document has it.
 * The same machine, handlers and engine as in a rehearsal, and the same bounds of work.
 */
import { EffectSystems } from '../simulate/effect-systems.ts';
import type { Evidence } from './evidence.ts';
import { MemoryJournal } from './memory-journal.ts';
import { Rehearsal } from './rehearsal.ts';
import { saying, type Subject } from './scenario.ts';
import { weatherWith } from './weather.ts';

export async function goodRun(subject: Subject): Promise<Evidence> {
  const { workflow, input, beside, routes, idle } = subject;
  const rehearsal = new Rehearsal({
    seed: 0,
    weather: weatherWith({}),
    workflow,
    input,
    beside,
    idle,
    systems: (now) => new EffectSystems(routes, now),
    journal: new MemoryJournal(),
    says: saying(subject),
  });
  await rehearsal.run();
  return await rehearsal.evidence();
}
