import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { grantSigned } from '../../lib/constructs/signing-grants.ts';
import type { SystemEnvironment } from '../../lib/model/environment.ts';
import { inApp } from '../support/synthesised.ts';

async function allowed(environment: SystemEnvironment, declared: readonly string[] = []): Promise<string> {
  return await inApp({}, (app) => {
    const stack = new Stack(app, 'Signing');
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    grantSigned(
      role,
      environment,
      declared.map((url) => ({ url, variables: {} })),
    );
    return JSON.stringify(Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')));
  });
}

const SIGNING = { aws: { region: 'eu-central-1', service: 'execute-api' } };
const API = 'https://abc123.execute-api.eu-central-1.amazonaws.com';

describe('a function that signs its requests', () => {
  it('may invoke the API that its server names, and the stage if there is one', async () => {
    const staged = await allowed({ server: `${API}/prod/v1`, auth: SIGNING });
    expect(staged).toContain('"execute-api:Invoke"');
    expect(staged).toContain(':abc123/prod/*"');
    expect(await allowed({ auth: SIGNING }, [API])).toContain(':abc123/*/*"');
  });

  it.each<readonly [string, SystemEnvironment]>([
    ['whose server is not of API Gateway', { server: 'https://api.example', auth: SIGNING }],
    ['of another service', { server: API, auth: { aws: { region: 'eu-central-1', service: 's3' } } }],
    ['that does not sign', { server: API }],
  ])('%s is granted nothing', async (_, environment) => {
    expect(await allowed(environment)).toBe('[]');
  });
});
