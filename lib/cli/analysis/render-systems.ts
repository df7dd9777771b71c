/** Systems with their endpoints, and what each step waits for. */
import type { Analysis } from '../../analyze/analyze.ts';
import { behind, dependsOnIn } from '../../model/dependencies.ts';
import { promiseWords } from '../../model/promises.ts';
import { columns, cut, paragraph } from './columns.ts';
import type { Page } from './render-analysis.ts';

export function renderSystems({ systems }: Analysis, { ink, width }: Page): readonly string[] {
  return systems.flatMap(({ name, title, servers, authentication, endpoints, dependsOn = [], slo }) => {
    const auth = authentication.map(({ scheme, type }) => `${type} (${scheme})`).join(', ');
    const rows = endpoints.map(({ operation, effect, callers }) => [operation, effect, callers.join(', ')]);
    return [
      ...paragraph(`${ink.bold(name)}  `, `${title}, ${auth === '' ? 'no authentication' : auth}`, width - 2),
      ...servers.slice(0, 1).map((url) => ink.dim(cut(`  ${url}`, width - 2))),
      ...(slo ? paragraph('  promises  ', promiseWords({ of: 'system', name, slo }).join(', '), width - 2) : []),
      ...(dependsOn.length > 0 ? paragraph('  depends on  ', dependsOn.join(', '), width - 2) : []),
      ...columns(rows, [44, 10, Math.max(20, width - 64)]).map((line) => `  ${line}`),
    ];
  });
}

const WHY: { readonly [why: string]: string } = {
  dependsOn: 'dependsOn',
  output: 'reads an output',
  sequence: 'order of the steps',
  added: 'added, to write the graph as parallel states',
};

export function renderDependencies({ dependencies, systems }: Analysis, { width }: Page): readonly string[] {
  const dependsOn = dependsOnIn(systems);
  const ofSystems = systems.flatMap(({ name }) => {
    const names = behind(name, dependsOn);
    return names.length === 0 ? [] : paragraph(`system ${name}  <-  `, names.join(', '), width - 2);
  });
  if (dependencies.length === 0) return ['none: no step waits for another', ...ofSystems];
  const byStep = Map.groupBy(dependencies, ({ to }) => to);
  const ofSteps = [...byStep].flatMap(([to, edges]) => {
    const waits = edges.map(({ from, why }) => `${from} (${WHY[why] ?? why})`).join(', ');
    return paragraph(`${to}  <-  `, waits, width - 2);
  });
  return [...ofSteps, ...ofSystems];
}
