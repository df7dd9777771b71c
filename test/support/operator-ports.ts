/** What the operator's actions need beside the handlers' ports: executions that are only written down. */
import type { OperatorPorts } from '../../lib/runtime/operator/action.ts';
import type { CallHarness } from './call-harness.ts';

export interface Started {
  readonly what: string;
  readonly epoch?: number;
  readonly number?: number;
}

export function operating(harness: CallHarness): { readonly ports: OperatorPorts; readonly started: Started[] } {
  const started: Started[] = [];
  const executions: OperatorPorts['executions'] = {
    start: async ({ epoch }) => void started.push({ what: 'start', epoch }),
    startUndo: async ({ epoch }, number) => void started.push({ what: 'undo', epoch, number }),
    stop: async ({ epoch }) => void started.push({ what: 'stop', epoch }),
  };
  return { ports: { ...harness.ports, executions }, started };
}
