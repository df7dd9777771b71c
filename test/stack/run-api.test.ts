/** The run API on AWS, sentence by sentence: who is let in where, what its function may do, what is logged and throttled. */
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../lib/api/routes.ts';
import { HandlerFunction } from '../../lib/constructs/handler-function.ts';
import { Machines } from '../../lib/constructs/machines.ts';
import { API_TIMEOUT, RunApi, type RunApiProps } from '../../lib/constructs/run-api.ts';
import type { JsonObject } from '../../lib/model/json.ts';
import { lines, permissionsOf } from '../support/permissions.ts';
import { planOf, stepOf } from '../support/plan-fixture.ts';
import { resourcesOf } from '../support/synthesised.ts';

type Props = Partial<RunApiProps>;

function made(more: Props = {}, then: (api: RunApi, stack: Stack) => void = () => undefined): Template {
  const stack = new Stack(new App(), 'Test');
  const partitionKey = { name: 'pk', type: dynamodb.AttributeType.STRING };
  const handler = new HandlerFunction(stack, 'Handler', {
    description: 'The API',
    code: lambda.Code.fromInline('exports.handler = () => 1'),
    handler: 'index.handler',
    timeout: API_TIMEOUT,
    environment: {},
    logRetention: logs.RetentionDays.ONE_WEEK,
    tracing: true,
  });
  const api = new RunApi(stack, 'RunApi', {
    handler,
    machines: new Machines(stack, [{ plan: planOf({ steps: [stepOf({ path: 'pay' })] }) }]),
    runTable: new dynamodb.Table(stack, 'Table', { partitionKey }),
    deadLetters: new sqs.Queue(stack, 'Letters'),
    logRetention: logs.RetentionDays.ONE_WEEK,
    ...more,
  });
  then(api, stack);
  return Template.fromStack(stack);
}

const CALLBACKS = 'POST /callbacks/{id}';
const WEBHOOKS = 'POST /webhooks/{source}/{channel}';
const OPEN: readonly string[] = [CALLBACKS, WEBHOOKS];

function routesIn(template: Template): readonly JsonObject[] {
  return [...resourcesOf(template, 'AWS::ApiGatewayV2::Route').values()].map(({ Properties }) => Properties);
}

describe('the run API on AWS', () => {
  it('has a route for each of its document, and none beside', () => {
    const keys = routesIn(made()).map(({ RouteKey }) => String(RouteKey));
    expect(keys.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('fails if a request without a signature gets further than the gateway, callbacks excepted', () => {
    const types = routesIn(made()).map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType]);
    const open = types.filter(([, type]) => type !== 'AWS_IAM');
    expect(open).toEqual(OPEN.map((route) => [route, 'NONE']));
    expect(types).toHaveLength(ROUTES.length);
  });

  it('fails if a token of another issuer, audience or scope is as good, where tokens are asked for', () => {
    const jwt = { issuer: 'https://id.example.com', audience: ['interlock'], scopes: ['runs'] };
    const template = made({ jwt });
    const routes = routesIn(template);
    const known = routes.filter(({ RouteKey }) => !OPEN.includes(String(RouteKey)));
    for (const { AuthorizationType, AuthorizerId, AuthorizationScopes } of known) {
      expect([AuthorizationType, AuthorizationScopes]).toEqual(['JWT', ['runs']]);
      expect(AuthorizerId).toEqual({ Ref: expect.stringMatching(/Callers/) });
    }
    expect(routes.filter(({ AuthorizationType }) => AuthorizationType === 'NONE')).toHaveLength(OPEN.length);
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://id.example.com', Audience: ['interlock'] },
    });
  });

  it('fails if its function may do more than look at runs, start and stop them, and take letters', () => {
    const roles = permissionsOf(made());
    expect(lines(roles.get('HandlerRole')).filter((line) => !/^(logs|xray):/.test(line))).toEqual([
      'dynamodb:Query on Table.Arn/index/workflow-by-start',
      'sqs:ChangeMessageVisibility on Letters.Arn',
      'sqs:DeleteMessage on Letters.Arn',
      'sqs:ReceiveMessage on Letters.Arn',
      'states:StartExecution on machines Test-run-*',
      'states:StartExecution on machines Test-undo-*',
      'states:StopExecution on executions Test-run-*:*',
    ]);
  });

  it('may be granted an operation at a time', () => {
    const template = made({}, (api, stack) => {
      const looking = new iam.Role(stack, 'Looking', { assumedBy: new iam.AccountPrincipal('111111111111') });
      api.grantCall(looking, 'getRun', 'listRuns');
    });
    const granted = JSON.stringify(
      [...resourcesOf(template, 'AWS::IAM::Policy')].filter(([id]) => id.startsWith('Looking')),
    );
    expect(granted.match(/execute-api:Invoke/g)).toHaveLength(2);
    expect(granted.match(/"\/\*\/GET\/runs(\/\*)?"/g)?.sort()).toEqual(['"/*/GET/runs"', '"/*/GET/runs/*"']);
  });

  it('lets the gateway call its function, by one permission, and nobody else', () => {
    const permissions = [...resourcesOf(made(), 'AWS::Lambda::Permission').values()];
    expect(permissions.map(({ Properties: { Action, Principal } }) => [Action, Principal])).toEqual([
      ['lambda:InvokeFunction', 'apigateway.amazonaws.com'],
    ]);
  });

  it('is throttled, callbacks apart, and logs who asked for what without the path that holds a secret', () => {
    const template = made({ callbackThrottling: { rate: 5, burst: 10 } });
    const [stage] = [...resourcesOf(template, 'AWS::ApiGatewayV2::Stage').values()];
    expect(stage?.Properties).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
      RouteSettings: {
        [CALLBACKS]: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
        [WEBHOOKS]: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
      },
      AccessLogSettings: { DestinationArn: { 'Fn::GetAtt': [expect.stringMatching(/^RunApiAccess/), 'Arn'] } },
    });
    const settings = (stage?.Properties['AccessLogSettings'] ?? {}) as JsonObject;
    const format = JSON.parse(String(settings['Format'])) as JsonObject;
    expect(format).toMatchObject({ route: '$context.routeKey', caller: '$context.identity.userArn' });
    expect(Object.values(format).filter((value) => String(value).endsWith('.path'))).toEqual([]);
  });

  it('allows no page of another origin: it says nothing of CORS', () => {
    const [api] = [...resourcesOf(made(), 'AWS::ApiGatewayV2::Api').values()];
    expect([api?.Properties['ProtocolType'], api?.Properties['CorsConfiguration']]).toEqual(['HTTP', undefined]);
  });

  it('ends before the gateway gives up', () => {
    const [integration] = [...resourcesOf(made(), 'AWS::ApiGatewayV2::Integration').values()];
    expect(integration?.Properties).toMatchObject({ TimeoutInMillis: 29_000, PayloadFormatVersion: '2.0' });
  });
});
