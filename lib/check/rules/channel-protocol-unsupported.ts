/** A channel whose servers speak only what neither world speaks: an environment has to say where it is. */
import { callsOf, type Rule } from '../rule.ts';

const SPOKEN: ReadonlySet<string> = new Set(['http', 'https', 'sqs', 'sns', 'eventbridge']);

export const channelProtocolUnsupported: Rule = (links, report) => {
  for (const { linked, target } of callsOf(links)) {
    const { protocols = [], channel = '' } = target.operation.message ?? {};
    if (protocols.length === 0 || protocols.some((protocol) => SPOKEN.has(protocol))) continue;
    const { stepId, at } = linked.step;
    report('ASY034', at, { stepId, channel, protocols });
  }
};
