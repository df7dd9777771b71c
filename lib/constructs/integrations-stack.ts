/** Integrations in one stack, with what they share and, where they are tried out, the systems that they call. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { constructId } from './construct-id.ts';
import { DemoSystems, type DemoSystemsProps } from './demo-systems.ts';
import type { DescribedIntegration } from './described-integration.ts';
import { Integration } from './integration.ts';
import { Shared } from './shared.ts';

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
    super(scope, id, props);
    this.shared = shared ?? new Shared(this, 'Shared');
    for (const described of integrations) this.putUp(described, demos?.get(described.name));
  }

  private putUp(described: DescribedIntegration, demo: DemoSystemsProps | undefined): void {
    // `order-fulfilment` -> `OrderFulfilment`.
    const id = constructId('', described.name);
    const systems = demo ? new DemoSystems(this, `${id}Demo`, demo).environments : {};
    const { name } = described;
    const { machines } = new Integration(this, id, { description: name, described, systems, shared: this.shared });
    if (!demo) return;
    for (const [workflow, { stateMachineArn }] of machines)
      new CfnOutput(this, constructId(`${id}Machine`, workflow), { value: stateMachineArn });
  }
}
