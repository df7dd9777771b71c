/** Integrations in one stack, with what they share and, where they are tried out, the systems that they call. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { constructId } from './construct-id.ts';
import { DemoSystems, type DemoSystemsProps } from './demo-systems.ts';
import type { DescribedIntegration } from './described-integration.ts';
import { Integration } from './integration.ts';
import { fits, mayBeIndented, MOST_RESOURCES } from './placing.ts';
import { Shared } from './shared.ts';

/**
 * The CDK says at each synth that four fifths of its limit are reached. What was placed by its number of resources fits; so
 * the limit is set to where that is said of no stack of ours, and stays CloudFormation's own for one that does not fit.
 */
const RESOURCE_LIMIT = '@aws-cdk/core:stackResourceLimit';
const SILENT_LIMIT = Math.ceil(MOST_RESOURCES / 0.8) + 1;

export interface IntegrationsStackProps extends StackProps {
  readonly integrations: readonly DescribedIntegration[];
  /**
   * That of another stack.
   * @default its own
   */
  readonly shared?: Shared;
  /** By integration. */
  readonly demos?: ReadonlyMap<string, DemoSystemsProps>;
}

export class IntegrationsStack extends Stack {
  readonly shared: Shared;

  constructor(scope: Construct, id: string, { integrations, shared, demos, ...props }: IntegrationsStackProps) {
    super(scope, id, { suppressTemplateIndentation: !mayBeIndented(integrations), ...props });
    if (fits(integrations)) this.node.setContext(RESOURCE_LIMIT, SILENT_LIMIT);
    this.shared = shared ?? new Shared(this, 'Shared');
    for (const described of integrations) this.putUp(described, demos?.get(described.name));
  }

  private putUp(described: DescribedIntegration, demo: DemoSystemsProps | undefined): void {
    // `order-fulfilment` -> `OrderFulfilment`.
    const id = constructId('', described.name);
    const systems = demo ? new DemoSystems(this, `${id}Demo`, demo).environments : {};
    const { name } = described;
    const integration = new Integration(this, id, { description: name, described, systems, shared: this.shared });
    new CfnOutput(this, `${id}Api`, { value: integration.api.url, description: `Run API of ${name}` });
  }
}
