/** Risks that show in the documents and in the machine: answers that nobody has written down, and quotas that are near. */
import type { Risk } from './risk.ts';
import { type Quota, quotasOf } from '../quotas.ts';
import { workflowPlace } from '../workflow-place.ts';

export const overloadUndocumented: Risk = ({ plan, report }) => {
  const place = workflowPlace(plan);
  const silent = Object.values(plan.operations).filter(
    ({ responses }) => !responses.some(({ status }) => /^(429|5..|4XX|default)$/i.test(status)),
  );
  for (const [system, operations] of Map.groupBy(silent, (one) => one.system)) {
    if (!place) continue;
    const titles = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    report('RSK010', place, { system, operations: titles });
  }
};

const NEAR = 0.8;

export const quotaNear: Risk = ({ plan, machine, report }) => {
  const { definitionBytes, payloadBytes, historyEvents } = quotasOf(plan, machine);
  const place = workflowPlace(plan);
  if (!place) return;
  const near: readonly (readonly [Quota, string, string, string])[] = [
    [
      definitionBytes,
      `The machine of ${plan.workflowId}`,
      'KiB',
      'Split the workflow, or call fewer sub-workflows in it.',
    ],
    [
      payloadBytes,
      `The largest payload of ${plan.workflowId}`,
      'KiB',
      'Read fewer outputs of other steps in one place.',
    ],
    [
      historyEvents,
      `The history of ${plan.workflowId}`,
      'events',
      'Split the workflow into several that are run one by one.',
    ],
  ];
  for (const [{ used, limit }, what, unit, fix] of near) {
    if (used < limit * NEAR) continue;
    const scale = unit === 'KiB' ? 1024 : 1;
    const say = (value: number): string => `${Math.round(value / scale).toLocaleString('en')} ${unit}`;
    report('RSK013', place, { what, size: say(used), quota: say(limit), fix });
  }
};
