/** What happens to a run from outside, each at most a few times, at a moment of the seed's choosing. */
import { cancel } from '../runtime/operator/cancel.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { ExpressFault, RunFault } from './weather.ts';

type Disturbance = Extract<RunFault, 'cancel' | 'abort' | 'crash' | 'second-compensator'> | ExpressFault;

const MOST = 3;
const SCALES_MS = [30, 100, 300, 1_000, 5_000, 20_000, 60_000, 300_000] as const;

/** At a moment that somebody else chose. */
export function disturbNow(rehearsal: Rehearsal, kind: Disturbance): void {
  rehearsal.clock.after(1, () => void rehearsal.fromOutside(() => DISTURBANCES[kind](rehearsal)));
}

export function disturb(rehearsal: Rehearsal): void {
  const { chance, weather, clock } = rehearsal;
  for (const kind of Object.keys(DISTURBANCES) as Disturbance[]) {
    if (kind === 'restart' && !rehearsal.isExpress) continue;
    for (let time = 0; time < MOST; time += 1) {
      if (weather[kind] === 0 || !chance.fires(kind, time === 0 ? 1 : 0.4)) continue;
      const scale = chance.pick(`scale of ${kind}`, [...SCALES_MS]);
      const at = 1 + Math.floor(chance.number(`time of ${kind}`) * scale);
      clock.after(at, () => void rehearsal.fromOutside(() => DISTURBANCES[kind](rehearsal)));
    }
  }
}

const DISTURBANCES: { readonly [D in Disturbance]: (rehearsal: Rehearsal) => Promise<unknown> } = {
  cancel: (rehearsal) => cancel({ run: rehearsal.runId, actor: 'operator' }, rehearsal.operatorPorts()),
  abort: ({ executions }) => executions.abort(),
  crash: ({ functions, executions }) => {
    functions.killAll();
    return executions.crash();
  },
  'second-compensator': async (rehearsal) => {
    const { phase, epoch, planHash } = await rehearsal.header();
    if (phase !== 'fenced' && phase !== 'compensating') return;
    await rehearsal.executions.startUndo({ run: rehearsal.runId, epoch, plan: planHash }, 90);
  },
  restart: async (rehearsal) => {
    const { epoch, planHash } = await rehearsal.header();
    await rehearsal.executions.restart({ run: rehearsal.runId, epoch, plan: planHash });
  },
};
