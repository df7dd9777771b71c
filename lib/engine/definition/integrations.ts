/**
 * What a Task can call: `arn:aws:states:::service:operation` with an integration pattern, `aws-sdk` for everything
 * else of AWS, a Lambda function's or an activity's own ARN. The optimised integrations are a table: service,
 * operation, the patterns that each offers. Whether the account may call it is not known here.
 */
import * as messages from './messages.ts';
import { type Place, reportSchema } from './place.ts';

export type Pattern = '.sync' | '.sync:2' | '.waitForTaskToken';

export type Resource =
  | { readonly kind: 'function' | 'activity' | 'placeholder' | 'other' }
  | {
      readonly kind: 'service';
      readonly service: string;
      readonly operation: string;
      readonly pattern: Pattern | undefined;
    };

const SYNC: readonly Pattern[] = ['.sync'];
const TOKEN: readonly Pattern[] = ['.waitForTaskToken'];
const BOTH: readonly Pattern[] = ['.sync', '.waitForTaskToken'];
const NONE: readonly Pattern[] = [];

/** Operation by operation, separated by blanks: `service patterns operations`. */
const INTEGRATIONS: readonly (readonly [service: string, patterns: readonly Pattern[], operations: string])[] = [
  ['apigateway', TOKEN, 'invoke'],
  ['athena', SYNC, 'startQueryExecution'],
  ['athena', NONE, 'stopQueryExecution getQueryExecution getQueryResults'],
  ['batch', SYNC, 'submitJob'],
  ['bedrock', TOKEN, 'invokeModel'],
  ['bedrock', SYNC, 'createModelCustomizationJob'],
  ['codebuild', SYNC, 'startBuild startBuildBatch retryBuildBatch'],
  ['codebuild', NONE, 'stopBuild batchDeleteBuilds batchGetReports stopBuildBatch deleteBuildBatch'],
  ['databrew', SYNC, 'startJobRun'],
  ['dynamodb', NONE, 'getItem putItem updateItem deleteItem'],
  ['ecs', BOTH, 'runTask'],
  ['eks', BOTH, 'call runJob createCluster deleteCluster createNodegroup deleteNodegroup createFargateProfile'],
  ['eks', BOTH, 'deleteFargateProfile'],
  ['elasticmapreduce', SYNC, 'createCluster terminateCluster addStep'],
  ['elasticmapreduce', NONE, 'setClusterTerminationProtection cancelStep modifyInstanceFleetByName'],
  ['elasticmapreduce', NONE, 'modifyInstanceGroupByName'],
  ['emr-containers', SYNC, 'deleteVirtualCluster startJobRun'],
  ['emr-containers', NONE, 'createVirtualCluster'],
  [
    'emr-serverless',
    SYNC,
    'createApplication startApplication stopApplication deleteApplication startJobRun cancelJobRun',
  ],
  ['events', TOKEN, 'putEvents'],
  ['glue', SYNC, 'startJobRun'],
  ['http', NONE, 'invoke'],
  ['lambda', TOKEN, 'invoke'],
  ['mediaconvert', SYNC, 'createJob'],
  ['sagemaker', SYNC, 'createHyperParameterTuningJob createLabelingJob createProcessingJob createTrainingJob'],
  ['sagemaker', SYNC, 'createTransformJob'],
  ['sagemaker', NONE, 'createEndpoint createEndpointConfig createModel updateEndpoint'],
  ['sns', TOKEN, 'publish'],
  ['sqs', TOKEN, 'sendMessage'],
  ['states', ['.sync', '.sync:2', '.waitForTaskToken'], 'startExecution'],
];

const PATTERNS_BY_OPERATION: ReadonlyMap<string, readonly Pattern[]> = new Map(
  INTEGRATIONS.flatMap(([service, patterns, operations]) =>
    operations.split(' ').map((operation): [string, readonly Pattern[]] => [`${service}:${operation}`, patterns]),
  ),
);

/** Services whose operations we do not list, because they are many or young. */
const OPEN_SERVICES: ReadonlySet<string> = new Set(['aws-sdk', 'bedrock-agentcore']);

const SERVICE_ARN = /^arn:[^:]*:states:::([^:.]+):(.+?)(\.sync:2|\.sync|\.waitForTaskToken)?$/;

/** What the ARN names, or undefined if it is no ARN. */
export function readResource(arn: string): Resource | undefined {
  if (arn.includes('${')) return { kind: 'placeholder' };
  const service = SERVICE_ARN.exec(arn);
  if (service !== null) {
    const [, name = '', operation = '', pattern] = service;
    // The expression's third group matches only the three patterns.
    return { kind: 'service', service: name, operation, pattern: pattern as Pattern | undefined };
  }
  if (/^arn:[^:]*:lambda:[^:]*:[^:]*:function:.+$/.test(arn)) return { kind: 'function' };
  if (/^arn:[^:]*:states:[^:]+:[^:]+:activity:.+$/.test(arn)) return { kind: 'activity' };
  return /^arn:[^:]*:[^:]+:[^:]*:[^:]*:.+$/.test(arn) ? { kind: 'other' } : undefined;
}

export function checkResource(arn: string, place: Place): void {
  const resource = readResource(arn);
  if (resource === undefined) reportSchema(place, messages.notAnArn);
  else if (!isOffered(resource)) reportSchema(place, messages.unknownResource(arn));
  else if (place.express) checkExpress(resource, place);
}

/** The patterns that this operation offers beside plain request and response. */
function patternsOf(service: string, operation: string): readonly Pattern[] | undefined {
  return OPEN_SERVICES.has(service) ? TOKEN : PATTERNS_BY_OPERATION.get(`${service}:${operation}`);
}

function isOffered(resource: Resource): boolean {
  if (resource.kind !== 'service') return true;
  const patterns = patternsOf(resource.service, resource.operation);
  return patterns !== undefined && (resource.pattern === undefined || patterns.includes(resource.pattern));
}

/** "Express Workflows do not support activities, job-run (.sync) or callback (.waitForTaskToken) patterns." */
function checkExpress(resource: Resource, place: Place): void {
  if (resource.kind === 'activity') reportSchema(place, messages.expressActivity);
  if (resource.kind !== 'service' || resource.pattern === undefined) return;
  reportSchema(place, resource.pattern === '.waitForTaskToken' ? messages.expressCallback : messages.expressSync);
}

/** Request fields without which the service refuses the integration. */
const REQUIRED_ARGUMENTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['dynamodb:getItem', ['TableName', 'Key']],
  ['dynamodb:putItem', ['TableName', 'Item']],
  ['ecs:runTask', ['TaskDefinition']],
  ['events:putEvents', ['Entries']],
  ['glue:startJobRun', ['JobName']],
  ['lambda:invoke', ['FunctionName']],
  ['sns:publish', ['Message']],
  ['sqs:sendMessage', ['QueueUrl', 'MessageBody']],
  ['states:startExecution', ['StateMachineArn']],
]);

export function requiredArguments(resource: Resource): readonly string[] {
  if (resource.kind !== 'service') return [];
  return REQUIRED_ARGUMENTS.get(`${resource.service}:${resource.operation}`) ?? [];
}
