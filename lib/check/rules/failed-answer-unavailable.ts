/**
 * An action on failure that hands something of its own step's answer to a workflow, where there is none to hand on: a step that
 * calls a workflow has no answer, one that asks until it is done has several, and what failed has given no outputs. Of
 * every other step that fails a plan keeps what its actions hand on (lib/plan/handed-on.ts).
 */
import { keepsFailedAnswer } from '../../model/handed-on-names.ts';
import { references } from '../../expressions/references.ts';
import { parseValue } from '../../expressions/values.ts';
import { type Rule, stepsOf } from '../rule.ts';

const OUTPUTS: ReadonlySet<string> = new Set(['outputs']);
const OWN: ReadonlySet<string> = new Set(['response', 'request', 'statusCode', 'message', 'url', 'method', 'outputs']);

export const failedAnswerUnavailable: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    const gone = keepsFailedAnswer(linked) ? OUTPUTS : OWN;
    for (const { action, target, parameters } of linked.failureActions) {
      if (target?.kind !== 'workflow') continue;
      for (const { parameter, valueAt } of parameters) {
        const read = references(parseValue(parameter.value)).find(({ expression }) => gone.has(expression.source));
        if (read) report('ARZ118', valueAt, { text: read.text, action: action.name, name: parameter.name });
      }
    }
  }
};
