/** No system waits for itself, through others or not: in a circle nobody could say where to look first. */
import type { SourceDescription } from '../../model/arazzo.ts';
import type { Rule } from '../rule.ts';
import { circles, type WaitOf } from '../waits.ts';

export const systemDependencyCycle: Rule = (links, report) => {
  const waits = links.systemDependencies.map(
    ({ from, to, at }): WaitOf<SourceDescription> => ({
      from: from.name,
      to: to.name,
      why: 'dependsOn',
      at,
      waiter: from,
      awaited: to,
    }),
  );
  const sources = links.descriptions.flatMap(({ arazzo }) => arazzo.sourceDescriptions);
  for (const circle of circles(sources, waits)) {
    const [first] = circle;
    if (first) report('XIL056', first.at, { names: [first.from, ...circle.map(({ to }) => to)] });
  }
};
