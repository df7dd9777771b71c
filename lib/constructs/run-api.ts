/**
 * The run API in front of its function: an HTTP API with a route for each of lib/api's, so that who may cancel need not be
 * who may look. Callers are known by IAM, or by JWTs of an issuer; callbacks by an id that nobody guesses, since systems
 * that call back sign nothing that AWS knows, and they are throttled apart. Its access log has routes, never paths: the id
 * of a callback is a secret. The gateway gives no answer of its own but refusals, and judges nothing: the function does.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as authorizers from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as integrations from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { OperationId, Route } from '../api/route.ts';
import { ROUTES } from '../api/routes.ts';
import type { HandlerFunction } from './handler-function.ts';
import type { Machines } from './machines.ts';

/** Whose tokens are taken instead of IAM signatures. */
export interface JwtCallers {
  /** The issuer's URL; its keys are looked up there. */
  readonly issuer: string;
  readonly audience: readonly string[];
  /** @default none: a valid token is enough */
  readonly scopes?: readonly string[];
}

export interface Throttling {
  /** Requests a second. */
  readonly rate: number;
  readonly burst: number;
}

export interface RunApiAccess {
  /** @default IAM */
  readonly jwt?: JwtCallers;
  /** @default 50 a second, 100 at once */
  readonly throttling?: Throttling;
  /** @default 20 a second, 40 at once */
  readonly callbackThrottling?: Throttling;
}

export interface RunApiProps extends RunApiAccess {
  /** Its function, which may use the items of runs already. */
  readonly handler: HandlerFunction;
  readonly machines: Machines;
  readonly runTable: dynamodb.Table;
  readonly deadLetters: sqs.IQueue;
  /** Of the access log. */
  readonly logRetention: logs.RetentionDays;
  readonly encryptionKey?: kms.IKey;
}

/** The gateway gives up after 30 seconds. */
export const API_TIMEOUT: Duration = Duration.seconds(29);

const THROTTLING: Throttling = { rate: 50, burst: 100 };
const CALLBACK_THROTTLING: Throttling = { rate: 20, burst: 40 };

/** What is logged of a request: what was asked for by whom, and what came of it. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  at: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  caller: '$context.identity.userArn',
  subject: '$context.authorizer.claims.sub',
  ip: '$context.identity.sourceIp',
  ms: '$context.responseLatency',
  refusal: '$context.error.message',
  integration: '$context.integrationErrorMessage',
} as const;

export class RunApi extends Construct {
  readonly api: apigateway.HttpApi;
  readonly url: string;
  private readonly routes = new Map<OperationId, apigateway.HttpRoute>();

  constructor(scope: Construct, id: string, props: RunApiProps) {
    super(scope, id);
    this.api = new apigateway.HttpApi(this, 'Api', {
      description: 'Interlock run API: GET /openapi.json tells it all',
      createDefaultStage: false,
    });
    this.addRoutes(props);
    const stage = this.stage(props);
    this.url = stage.url;
    grantRunning(props);
  }

  /** May call these operations; all of them where none is named. Of an API with JWTs, tokens decide. */
  grantCall(grantee: iam.IGrantable, ...operations: readonly OperationId[]): void {
    const wanted = operations.length > 0 ? operations : [...this.routes.keys()];
    for (const one of wanted) this.routes.get(one)?.grantInvoke(grantee);
  }

  private addRoutes({ handler, jwt }: RunApiProps): void {
    const integration = new integrations.HttpLambdaIntegration('Handler', handler.function, {
      payloadFormatVersion: apigateway.PayloadFormatVersion.VERSION_2_0,
      timeout: API_TIMEOUT,
      // One permission for all routes.
      scopePermissionToRoute: false,
    });
    const known = jwt === undefined ? new authorizers.HttpIamAuthorizer() : jwtAuthorizer(jwt);
    const anybody = new apigateway.HttpNoneAuthorizer();
    for (const route of ROUTES) {
      const authorizer = route.caller === 'anybody' ? anybody : known;
      const httpRoute = new apigateway.HttpRoute(this, constructIdOf(route), {
        httpApi: this.api,
        routeKey: apigateway.HttpRouteKey.with(route.path, apigateway.HttpMethod[route.method]),
        integration,
        authorizer,
        ...(route.caller !== 'anybody' && jwt?.scopes && { authorizationScopes: [...jwt.scopes] }),
      });
      if (route.caller !== 'anybody') this.routes.set(route.operationId, httpRoute);
    }
  }

  private stage({
    throttling = THROTTLING,
    callbackThrottling = CALLBACK_THROTTLING,
    logRetention,
    encryptionKey,
  }: RunApiProps): apigateway.HttpStage {
    const log = new logs.LogGroup(this, 'Access', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    const stage = new apigateway.HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttling.rate, burstLimit: throttling.burst },
      detailedMetricsEnabled: true,
    });
    const resource = stage.node.defaultChild as apigateway.CfnStage;
    resource.accessLogSettings = { destinationArn: log.logGroupArn, format: JSON.stringify(ACCESS_LOG) };
    const settings = { ThrottlingRateLimit: callbackThrottling.rate, ThrottlingBurstLimit: callbackThrottling.burst };
    const open = ROUTES.filter(({ caller }) => caller === 'anybody').map(({ method, path }) => `${method} ${path}`);
    resource.routeSettings = Object.fromEntries(
      open.map((key) => [key, { ...settings, DetailedMetricsEnabled: true }]),
    );
    // Settings name routes that have to be there.
    stage.node.addDependency(...this.node.children.filter((child) => child instanceof apigateway.HttpRoute));
    return stage;
  }
}

function jwtAuthorizer({ issuer, audience }: JwtCallers): authorizers.HttpJwtAuthorizer {
  return new authorizers.HttpJwtAuthorizer('Callers', issuer, { jwtAudience: [...audience] });
}

/** `startRun` -> `StartRun`: a logical id, and so a contract. */
function constructIdOf({ operationId }: Route): string {
  return operationId.charAt(0).toUpperCase() + operationId.slice(1);
}

/** What the operations need beyond the items of runs: the list of runs, executions, and the queue of dead letters. */
function grantRunning({ handler, machines, runTable, deadLetters }: RunApiProps): void {
  const { role } = handler;
  const started = [...machines.ofRuns, 'undo' as const].map((kind) => `${machines.arnsOf(kind)}*`);
  role.addToPolicy(new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: started }));
  const waiting = [`${machines.arnsOf('express')}*`];
  if (machines.hasExpress)
    role.addToPolicy(new iam.PolicyStatement({ actions: ['states:StartSyncExecution'], resources: waiting }));
  const stopped = [machines.executionsOf('run')];
  role.addToPolicy(new iam.PolicyStatement({ actions: ['states:StopExecution'], resources: stopped }));
  const index = `${runTable.tableArn}/index/workflow-by-start`;
  role.addToPolicy(new iam.PolicyStatement({ actions: ['dynamodb:Query'], resources: [index] }));
  const letters = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'];
  role.addToPolicy(new iam.PolicyStatement({ actions: letters, resources: [deadLetters.queueArn] }));
  deadLetters.encryptionMasterKey?.grantDecrypt(role);
  handler.function.addEnvironment('INTERLOCK_DEAD_LETTERS', deadLetters.queueUrl);
  machines.tell(handler);
}
