/** Saved queries of Logs Insights over the logs of all functions of an integration: a run, what failed, what is slow. */
import { Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { functionsOf } from './alarms.ts';
import type { Watched } from './watched.ts';

const QUERIES: readonly { readonly id: string; readonly title: string; readonly query: logs.QueryStringProps }[] = [
  {
    id: 'RunQuery',
    title: 'One run: put its id in place of RUN',
    query: {
      fields: ['@timestamp', 'message', 'step', 'visit', 'outcome', 'status', 'ms', 'error', 'system'],
      filterStatements: ['runId = "RUN" or run = "RUN"'],
      sort: '@timestamp asc',
      limit: 1_000,
    },
  },
  {
    id: 'FailureQuery',
    title: 'What failed, by step',
    query: {
      fields: ['@timestamp', 'level', 'message', 'runId', 'run', 'step', 'outcome', 'status', 'error'],
      filterStatements: [
        'level in ["WARN", "ERROR"] or outcome in ["unwanted", "refused", "throttled", "not-sent", "in-doubt"]',
      ],
      sort: '@timestamp desc',
      limit: 200,
    },
  },
  {
    id: 'LatencyQuery',
    title: 'Calls by system and step: how many, how long',
    query: {
      filterStatements: ['message = "attempt-ended"'],
      statsStatements: ['count(*) as calls, avg(ms), pct(ms, 95), max(ms) by system, step'],
      sort: 'calls desc',
    },
  },
];

export function savedQueries(scope: Construct, { name, handlers }: Watched): void {
  const logGroups = functionsOf(handlers).map((one) => one.logGroup);
  const { stackName } = Stack.of(scope);
  for (const { id, title, query } of QUERIES)
    new logs.QueryDefinition(scope, id, {
      queryDefinitionName: `${stackName}/${name}/${title}`,
      queryString: new logs.QueryString(query),
      logGroups: [...logGroups],
    });
}
