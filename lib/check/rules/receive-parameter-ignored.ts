/** A step that receives has no address to fill in: a value for a part of its channel's address chooses nothing. */
import { pathNames } from '../link-parameters.ts';
import { receivesOf, type Rule } from '../rule.ts';

export const receiveParameterIgnored: Rule = (links, report) => {
  for (const { linked, message } of receivesOf(links)) {
    const ofAddress = pathNames(message.address ?? '');
    for (const { parameter, at } of linked.parameters) {
      const { name, in: where } = parameter;
      if (where !== 'path' || !ofAddress.includes(name)) continue;
      report('ASY035', at, { name, stepId: linked.step.stepId, channel: message.channel });
    }
  }
};
