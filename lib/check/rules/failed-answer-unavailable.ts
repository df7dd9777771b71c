/**
 * An action on failure that hands something of its own step's answer to a workflow: that workflow begins when the step is
 * over, and of a step that has failed nothing is kept (lib/plan/handed-on.ts keeps it of one that has succeeded).
 */
import { references } from '../../expressions/references.ts';
import { parseValue } from '../../expressions/values.ts';
import { type Rule, stepsOf } from '../rule.ts';

const OWN: ReadonlySet<string> = new Set(['response', 'request', 'statusCode', 'message', 'url', 'method', 'outputs']);

export const failedAnswerUnavailable: Rule = (links, report) => {
  for (const { linked } of stepsOf(links)) {
    for (const { action, target, parameters } of linked.failureActions) {
      if (target?.kind !== 'workflow') continue;
      for (const { parameter, valueAt } of parameters) {
        const read = references(parseValue(parameter.value)).find(({ expression }) => OWN.has(expression.source));
        if (read) report('ARZ118', valueAt, { text: read.text, action: action.name, name: parameter.name });
      }
    }
  }
};
