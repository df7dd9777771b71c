/**
 * What cannot be said of a step that waits for a message: it is one passage of the flow, so not an item of a list, nobody's
 * repair and nothing beside a step; and it sends nothing, so nobody is asked before it. (Of express workflows: PLN013.)
 */
import { below, keyAt } from '../../diagnostics/place.ts';
import { own } from '../../model/json.ts';
import type { Report } from '../finding.ts';
import { receivesOf, type Rule, type StepOf, stepsOf } from '../rule.ts';

export const receiveUnfit: Rule = (links, report) => {
  const receiving = new Set(receivesOf(links).map(({ linked }) => linked.step));
  for (const { linked } of stepsOf(links)) {
    if (receiving.has(linked.step)) reportStep(linked, report);
    for (const beside of [linked.undo, linked.probe, linked.poll]) {
      if (!beside || beside.target?.kind !== 'operation' || !beside.target.operation.message) continue;
      const { stepId, at } = beside.step;
      if (beside.target.operation.message.action === 'send' && beside === linked.undo) continue;
      const why = 'stands beside another step';
      report('ASY033', at, {
        stepId,
        why,
        fix: 'Call an operation there, and wait for the message in a step of its own.',
      });
    }
    for (const { action, at, target } of linked.failureActions) {
      if (action.type !== 'retry' || target?.kind !== 'step' || !receiving.has(target.step)) continue;
      const why = `retry "${action.name}" of step "${linked.step.stepId}" repairs by it`;
      report('ASY033', at, { stepId: target.step.stepId, why, fix: 'Repair by a workflow that holds the step.' });
    }
  }
};

function reportStep({ step }: StepOf['linked'], report: Report): void {
  const { stepId, at } = step;
  for (const [key, why] of WITHOUT) {
    if (own(step.policy, key) === undefined) continue;
    const fix = `Remove \`${key}\`, or move it to a step that makes a request.`;
    report('ASY033', keyAt(below(at, 'x-interlock', key)), { stepId, why, fix });
  }
}

const WITHOUT: readonly (readonly [key: string, why: string])[] = [
  ['forEach', 'is done for each item of a list'],
  ['poll', 'asks until something is done'],
  ['interaction', 'waits for a person, too'],
];
