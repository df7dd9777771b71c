/** Every integration of a folder in one stack, so that a plain `cdk deploy` works. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { callPlaceholder } from '../model/placeholders.ts';
import type { DescribedIntegration } from './described-integration.ts';
import { Integration } from './integration.ts';
import { Shared } from './shared.ts';

export interface IntegrationsStackProps extends StackProps {
  /** By the path of their description. */
  readonly integrations: ReadonlyMap<string, DescribedIntegration>;
}

export class IntegrationsStack extends Stack {
  constructor(scope: Construct, id: string, { integrations, ...props }: IntegrationsStackProps) {
    super(scope, id, props);
    const shared = new Shared(this, 'Shared');
    for (const [description, described] of integrations) {
      // `order-fulfilment` -> `OrderFulfilment`.
      new Integration(this, callPlaceholder(described.name).slice('Call'.length), { description, described, shared });
    }
  }
}
