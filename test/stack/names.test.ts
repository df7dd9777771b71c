/** What is deployed is called after what a description names: names that would be one are refused before CloudFormation hears of them. */
import { describe, expect, it } from 'vitest';
import { nameOfChannel } from '../../lib/constructs/channels.ts';
import { constructId, requireApart } from '../../lib/constructs/construct-id.ts';
import { putUp } from '../../lib/constructs/integrations-app.ts';
import { requireRoom } from '../../lib/constructs/room.ts';
import type { SystemEnvironment } from '../../lib/model/environment.ts';
import { withSystems } from '../support/many.ts';
import { describedAt, inApp, readableId, resourcesOf, templateOf } from '../support/synthesised.ts';

describe('the id of a construct', () => {
  it('is made of the letters and digits of a name', () => {
    expect([constructId('Workflow', 'place-order'), constructId('', 'order_fulfilment')]).toEqual([
      'WorkflowPlaceOrder',
      'OrderFulfilment',
    ]);
  });

  it('tells names of other letters apart', () => {
    const ids = ['größe', 'grüße', '注文', '返品'].map((name) => constructId('Workflow', name));
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^Workflow[A-Za-z]*[0-9a-f]{8}$/);
  });
});

describe('names that differ only in what an id leaves out', () => {
  it('are refused by both names', () => {
    expect(() => requireApart('workflows', 'Workflow', ['place-order', 'cancel', 'place_order'])).toThrow(
      "The workflows 'place-order' and 'place_order' would be one: what is deployed for either is called WorkflowPlaceOrder",
    );
    expect(() => requireApart('workflows', 'Workflow', ['place-order', 'place-order', 'cancel'])).not.toThrow();
  });

  it('are refused of channels that only their sources tell apart', () => {
    const channels = [
      { system: 'shop-floor', channel: 'orders' },
      { system: 'shop', channel: 'floor-orders' },
    ];
    expect(() => requireApart('channels', 'Channel', channels.map(nameOfChannel))).toThrow(
      "The channels 'shop-floor/orders' and 'shop/floor-orders' would be one",
    );
  });

  it('are refused of integrations, too', async () => {
    const described = await describedAt('test/stack/refunds');
    const integrations = ['re-funds', 're_funds'].map((name) => ({ ...described, name }));
    await inApp({}, (app) => {
      expect(() => putUp(app, { integrations })).toThrow("The integrations 're-funds' and 're_funds' would be one");
    });
  });
});

it('two sources may each bring messages of channels of the same names', async () => {
  const described = await describedAt('test/stack/messages');
  const [first] = described.workflows;
  if (!first) throw new Error('the example has a workflow');
  const renamed = JSON.stringify({ ...first, workflowId: 'again' }).replaceAll('"bus"', '"stock"');
  const stock = JSON.stringify(described.environment['bus']).replaceAll(':123456789012:', ':210987654321:');
  const both = {
    ...described,
    workflows: [first, JSON.parse(renamed) as typeof first],
    environment: { ...described.environment, stock: JSON.parse(stock) as SystemEnvironment },
  };
  const template = await templateOf(both);
  const idsOf = (type: string): readonly string[] => [...resourcesOf(template, type).keys()].map(readableId).sort();
  expect(idsOf('AWS::Lambda::EventSourceMapping')).toEqual(['MessagesQueueBusTaken', 'MessagesQueueStockTaken']);
  expect(idsOf('AWS::SNS::Subscription')).toEqual(['MessagesTopicBusPacked', 'MessagesTopicStockPacked']);
});

describe('more than the functions of an integration can be told of', () => {
  it('is refused: systems', async () => {
    const described = await describedAt('test/stack/refunds');
    expect(() => requireRoom(withSystems(described, 30))).not.toThrow();
    expect(() => requireRoom(withSystems(described, 31))).toThrow(
      'refunds calls 31 systems, and 30 have room in one integration',
    );
  });

  it('is refused: channels that bring messages', async () => {
    const described = await describedAt('test/stack/messages');
    const long = JSON.stringify(described.environment['bus']).replaceAll('eu-central-1', `eu-${'x'.repeat(1_000)}`);
    const environment = { ...described.environment, bus: JSON.parse(long) as SystemEnvironment };
    expect(() => requireRoom(described)).not.toThrow();
    expect(() => requireRoom({ ...described, environment })).toThrow(
      /messages has 3 channels .* have room in one integration$/,
    );
    // Each of these letters is three bytes.
    const inScript = JSON.parse(
      JSON.stringify(described).replaceAll('"taken"', `"${'注'.repeat(950)}"`),
    ) as typeof described;
    expect(() => requireRoom(inScript)).toThrow(/their names are 3\d{3} bytes, and 3000 have room in one integration$/);
  });
});
