/** Parameters of a step that receives: there is no request that they could go into, and every message of the channel may come. */
import { receivesOf, type Rule } from '../rule.ts';

export const receiveParameterIgnored: Rule = (links, report) => {
  for (const { linked } of receivesOf(links)) {
    for (const { parameter, origin, at } of linked.parameters) {
      if (origin === 'step' && parameter.in !== undefined) report('ASY035', at, { name: parameter.name });
    }
  }
};
