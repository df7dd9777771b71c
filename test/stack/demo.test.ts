/** `-c demo=true`: the example's systems as functions, so that a first run on AWS has something to call. */
import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from '../../lib/model/json.ts';
import { bundleDemo } from '../../scripts/bundle.ts';
import { deployedSystems } from '../../state-machines/order-fulfilment/systems/deployed.ts';
import { type Allowed, lines, permissionsOf, textOf } from '../support/permissions.ts';
import { describedAt, readableId, resourcesOf, templateOf } from '../support/synthesised.ts';

const SYSTEMS = ['Fraud', 'Inventory', 'Payments', 'Shipping'];

let template: Template;
let roles: ReadonlyMap<string, readonly Allowed[]>;

beforeAll(async () => {
  const demo = { systems: deployedSystems, code: await bundleDemo() };
  const demos = new Map([['order-fulfilment', demo]]);
  template = await templateOf(await describedAt('state-machines/order-fulfilment'), undefined, { demos });
  roles = permissionsOf(template);
}, 60_000);

function variablesOf(readable: string): JsonObject {
  const found = [...resourcesOf(template, 'AWS::Lambda::Function')].find(([id]) => readableId(id) === readable);
  const environment = found?.[1].Properties['Environment'];
  return isObject(environment) && isObject(environment['Variables']) ? environment['Variables'] : {};
}

describe('the systems of the demo', () => {
  it('each have a URL, a credential that AWS makes, and a part of one table', () => {
    expect(resourcesOf(template, 'AWS::Lambda::Url').size).toBe(4);
    const made = [...resourcesOf(template, 'AWS::SecretsManager::Secret').values()].map(
      ({ Properties: { GenerateSecretString } }) => (GenerateSecretString as JsonObject)['GenerateStringKey'],
    );
    expect(made).toHaveLength(4);
    expect(made).toContain('ORDER_DEMO_PAYMENTS_CLIENT_SECRET');
    for (const system of SYSTEMS)
      expect(
        lines(roles.get(`OrderFulfilmentDemo${system}Role`)).filter((line) => !/^(logs|xray):/.test(line)),
      ).toEqual([
        'dynamodb:PutItem on OrderFulfilmentDemoCalls.Arn',
        'dynamodb:Query on OrderFulfilmentDemoCalls.Arn',
        `secretsmanager:GetSecretValue on OrderFulfilmentDemo${system}Secret`,
      ]);
  });

  it('are called by the call functions where they really are, with the credential of that system alone', () => {
    for (const system of SYSTEMS) {
      const told = textOf(variablesOf(`OrderFulfilmentCall${system}Function`)['INTERLOCK_SYSTEMS'] ?? '');
      expect(told).toContain(`"server":"OrderFulfilmentDemo${system}FunctionFunctionUrl.FunctionUrl`);
      expect(told).toContain(`"secret":"OrderFulfilmentDemo${system}Secret"`);
      expect(Object.keys(JSON.parse(told) as object)).toEqual([system.toLowerCase()]);
      const secrets = lines(roles.get(`OrderFulfilmentCall${system}Role`)).filter((line) => line.startsWith('secrets'));
      expect(secrets).toEqual([`secretsmanager:GetSecretValue on OrderFulfilmentDemo${system}Secret`]);
    }
  });

  it('are tried by the deploy before the first run: their credentials have to be readable', () => {
    expect(resourcesOf(template, 'Custom::InterlockCredentials').size).toBe(4);
  });

  it('let everybody call the URL and nothing else, and go with the stack', () => {
    const open = [...resourcesOf(template, 'AWS::Lambda::Permission').values()].filter(
      ({ Properties }) => Properties['Principal'] === '*',
    );
    expect(open.length).toBeGreaterThanOrEqual(4);
    for (const { Properties } of open)
      expect(Properties['FunctionUrlAuthType'] === 'NONE' || Properties['InvokedViaFunctionUrl'] === true).toBe(true);
    for (const type of ['AWS::SecretsManager::Secret', 'AWS::DynamoDB::Table'])
      for (const [id, { DeletionPolicy }] of resourcesOf(template, type))
        if (id.startsWith('OrderFulfilmentDemo')) expect(DeletionPolicy).toBe('Delete');
  });

  it('are not there unless asked for', async () => {
    const plain = await templateOf(await describedAt('state-machines/order-fulfilment'));
    expect(resourcesOf(plain, 'AWS::Lambda::Url').size).toBe(0);
  });
});
