/**
 * cdk-nag's AwsSolutions over the app with its demo: every finding is explained here, and every explanation is of a finding.
 * The explanations are for reviewers; nothing of them is in the template.
 */
import { type App, Aspects } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type INagLogger, type NagLoggerNonComplianceData } from 'cdk-nag';
import { beforeAll, describe, expect, it } from 'vitest';
import { IntegrationsStack } from '../../lib/constructs/integrations-stack.ts';
import { bundleDemo, bundleHandlers } from '../../scripts/bundle.ts';
import { deployedSystems } from '../../state-machines/order-fulfilment/systems/deployed.ts';
import { describedAt, inApp } from '../support/synthesised.ts';

interface Explanation {
  readonly rule: string;
  /** In the finding's own words, where a rule has several; else empty. */
  readonly finding: RegExp;
  readonly where: RegExp;
  readonly why: string;
}

const ANY = /^/;

const EXPLAINED: readonly Explanation[] = [
  {
    rule: 'IAM5',
    finding: /^Resource::\*$/,
    where: /Role\/DefaultPolicy/,
    why: 'Traces (X-Ray) and the delivery of a machine\'s log know no resources; test/stack/permissions.test.ts holds that nothing else is on "*".',
  },
  {
    rule: 'IAM5',
    finding: /^Resource::<\w+Function\w+\.Arn>:\*$/,
    where: /\/Workflow\w+\/(Machine|Undo)\/Role/,
    why: 'An execution calls the versions of the functions that it began with, and the undo machine those of an earlier deploy.',
  },
  {
    rule: 'IAM5',
    finding: /^Resource::<\w+PayloadsBucket\w+\.Arn>\/order-fulfilment\/blobs\/\*$/,
    where: /\/(Call\w+|Core|Lifecycle|RunApiHandler|Sweep|Health|Reconcile|Redrive)\/Role/,
    why: 'Values are named by run and digest, which nobody knows beforehand: all below the prefix of the integration.',
  },
  {
    rule: 'IAM5',
    finding: /^Resource::<\w+PayloadsBucket\w+\.Arn>\/order-fulfilment\/plans\/\*$/,
    where: /\/(Call\w+|Core|Lifecycle|RunApiHandler|Sweep|Reconcile|Redrive)\/Role/,
    why: 'Plans are named by their digest: those of runs that began under an earlier deploy.',
  },
  {
    rule: 'IAM5',
    finding: /^Resource::<\w+Function\w+\.Arn>:\*$/,
    where: /\/Sweep\/Role/,
    why: 'Versions that no run names any more are removed. What ends in a version is one; the function itself does not.',
  },
  {
    rule: 'IAM5',
    finding: /:states:.*:(stateMachine|execution):OrderFulfilment-[0-9a-f]{8}-.*-(run|undo)-\*(:\*)?$/,
    where: /\/(Sweep|Reconcile|Redrive|Lifecycle|RunApiHandler)\/Role/,
    why: 'The machines of this integration, by the beginning of their names, and their executions, which are named by their run.',
  },
  {
    rule: 'APIG4',
    finding: ANY,
    where: /\/RunApi\/Receive(Callback|Webhook)/,
    why: 'Who calls back signs nothing that AWS knows: the id in the path is the secret, and the route is throttled apart.',
  },
  {
    rule: 'APIG4',
    finding: ANY,
    where: /\/RunApi\/ReceiveWebhook/,
    why: 'A webhook is known by its signature, which the function checks over the very bytes that came; AWS knows none of it.',
  },
  {
    rule: 'S1',
    finding: ANY,
    where: /\/Payloads\/Bucket/,
    why: "Access logs of S3 would be a second bucket beside the account's own trail of data events; who needs them turns that on.",
  },
  {
    rule: 'SF1',
    finding: ANY,
    where: /\/Workflow\w+\/(Machine|Undo)\//,
    why: 'The service keeps the history of a standard execution for 90 days, and the journal what happened; the log is for errors.',
  },
  {
    rule: 'SQS3',
    finding: ANY,
    where: /\/DeadLetters\/Queue/,
    why: 'It is the queue of dead letters: nothing is consumed from it but by a person.',
  },
  {
    rule: 'DDB3',
    finding: ANY,
    where: /Demo\/Calls/,
    why: 'Calls of a demo; they go with the stack.',
  },
  {
    rule: 'SMG4',
    finding: ANY,
    where: /Demo\/\w+Secret/,
    why: 'Made for a demo, open nothing but its systems, and go with the stack.',
  },
];

interface Finding {
  readonly rule: string;
  readonly finding: string;
  readonly path: string;
}

let findings: readonly Finding[];

beforeAll(async () => {
  await bundleHandlers();
  const demo = { systems: deployedSystems, code: await bundleDemo() };
  const described = await describedAt('state-machines/order-fulfilment');
  findings = await inApp({}, (app) => {
    new IntegrationsStack(app, 'Interlock', { integrations: [described], demos: new Map([[described.name, demo]]) });
    return findingsIn(app);
  });
}, 60_000);

function findingsIn(app: App): readonly Finding[] {
  const found: Finding[] = [];
  const ignore = (): void => undefined;
  const logger: INagLogger = {
    onCompliance: ignore,
    onError: ({ ruleId, errorMessage, resource }) =>
      void found.push({ rule: ruleId, finding: errorMessage, path: resource.node.path }),
    onNonCompliance: ({ ruleId, findingId, resource }: NagLoggerNonComplianceData) =>
      void found.push({ rule: ruleId, finding: findingId, path: resource.node.path }),
    onNotApplicable: ignore,
    onSuppressed: ignore,
    onSuppressedError: ignore,
  };
  Aspects.of(app).add(new AwsSolutionsChecks({ additionalLoggers: [logger] }));
  app.synth();
  return found;
}

function explains({ rule, finding, where }: Explanation, found: Finding): boolean {
  return found.rule === `AwsSolutions-${rule}` && finding.test(found.finding) && where.test(found.path);
}

describe('cdk-nag', () => {
  it('finds nothing that is not explained', () => {
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter((found) => !EXPLAINED.some((one) => explains(one, found)))).toEqual([]);
  });

  it('finds whatever is explained: an explanation of nothing would hide the next finding', () => {
    expect(EXPLAINED.filter((one) => !findings.some((found) => explains(one, found)))).toEqual([]);
  });
});
