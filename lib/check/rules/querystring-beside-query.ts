/** A `querystring` parameter MUST NOT stand beside `query` parameters (Arazzo 1.1, Parameter Object; OpenAPI 3.2). */
import { callsOf, type Rule } from '../rule.ts';

export const querystringBesideQuery: Rule = (links, report) => {
  for (const { linked } of callsOf(links)) {
    const whole = linked.parameters.find(({ parameter }) => parameter.in === 'querystring');
    const other = linked.parameters.find(({ parameter }) => parameter.in === 'query');
    if (whole === undefined || other === undefined) continue;
    report('ARZ069', whole.at, { name: whole.parameter.name, other: other.at });
  }
};
