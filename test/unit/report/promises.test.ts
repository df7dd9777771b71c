/** What a report says of promises and of systems that depend on each other. */
import { describe, expect, it } from 'vitest';
import { SHOP } from '../../support/checking.ts';
import { reported } from '../../support/reporting.ts';

const TEXT = `
arazzo: 1.1.0
info: { title: Systems, version: 1.0.0 }
sourceDescriptions:
  - name: shop
    url: ./shop.yaml
    type: openapi
    x-interlock: { timeouts: 5s, dependsOn: [bank], slo: { availability: 0.99 }, health: { operationId: listOrders, unhealthyAfter: 3 } }
  - { name: bank, url: ./bank.yaml, type: openapi, x-interlock: { dependsOn: [vault] } }
  - { name: vault, url: ./vault.yaml, type: openapi, x-interlock: { health: { path: /up } } }
workflows:
  - workflowId: main
    x-interlock: { slo: { availability: 0.98, latency: { percentile: 99, below: 10s } } }
    steps:
      - { stepId: list, operationId: $sourceDescriptions.shop.listOrders }
`;

const files = {
  'main.yaml': TEXT,
  'shop.yaml': SHOP,
  'bank.yaml': SHOP.replace('title: Shop', 'title: Bank'),
  'vault.yaml': SHOP.replace('title: Shop', 'title: Vault'),
};

describe('a report of promises', () => {
  it('says what is promised, and what that leaves to go wrong', async () => {
    const { markdown } = await reported('main.yaml', files);
    expect(markdown).toMatch(
      /\| runs of \*\*main\*\* \| 98 % succeed, 99 % end within 10s \| 30 d \| 2 % of runs fail \(.* in which all do\); 1 % of runs take longer \|/,
    );
    expect(markdown).toMatch(
      /\| calls of \*\*shop\*\* \| 99 % are answered \| 30 d \| 1 % of calls fail \(432 min in which all do\) \|/,
    );
  });

  it('has the alarms of each, and none of all runs where every workflow promises', async () => {
    const { markdown } = await reported('main.yaml', files);
    expect(markdown).toContain('14.4 times as fast as it allows.');
    expect(markdown.match(/^\| `(Fast|Slow)Burn` (main|shop) \|/gm)).toHaveLength(4);
    expect(markdown).not.toContain('as an objective of 99 % allows');
  });

  it('has a situation for each in the runbook', async () => {
    const { markdown } = await reported('main.yaml', files);
    expect(markdown).toContain('#### The promise of main is used up too fast');
    expect(markdown).toContain('#### The promise of shop is used up too fast');
  });
});

describe('a report of systems that depend on each other', () => {
  it('names what is behind each, how it is asked, and where to look first', async () => {
    const { markdown } = await reported('main.yaml', files);
    const rows = markdown.split('\n').filter((line) => line.startsWith('| **') && line.includes('|'));
    const shop = rows.find((line) => line.startsWith('| **shop**')) ?? '';
    expect(shop).toContain('`GET /orders` every 5 min, unwell after 3 bad answers in a row');
    expect(shop).toMatch(/\| bank; behind them vault \|$/);
    expect(markdown).toContain('It depends on bank and vault: where one of them is down as well, look there first.');
    expect(markdown).toContain('shop and bank depend on it: expect trouble there too.');
  });

  it('draws the arrows, and a function for those that are reached alone', async () => {
    const { page } = await reported('main.yaml', files);
    const [drawing = ''] = /<svg role="img" aria-label="[^"]*calls [^"]*".*?<\/svg>/s.exec(page) ?? [];
    expect(drawing.match(/depends on/g)).toHaveLength(2);
    expect(drawing).toContain('call vault');
    expect(drawing).not.toContain('call bank');
  });
});

it('a picture of the calls names the outputs that are declared, and none by which an action hands on an answer', async () => {
  const text = `
arazzo: 1.1.0
info: { title: Lists, version: 1.0.0 }
sourceDescriptions: [{ name: shop, url: ./shop.yaml, type: openapi }]
workflows:
  - workflowId: main
    steps:
      - stepId: list
        operationId: listOrders
        outputs: { orders: $response.body }
        onSuccess: [{ name: on, type: goto, workflowId: other, parameters: [{ name: tag, value: $response.header.etag }] }]
  - workflowId: other
    inputs: { type: object, properties: { tag: { type: string } } }
    steps: [{ stepId: again, operationId: listOrders, outputs: { tag: $inputs.tag } }]
`;
  const { markdown, page } = await reported('main.yaml', { ...files, 'main.yaml': text });
  expect(markdown).toMatch(/: orders$/m);
  expect(`${markdown}${page}`).not.toContain('interlock-handed');
});
