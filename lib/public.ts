/** The package's root: what a CDK app needs of Interlock. */
export { Integration } from './constructs/integration.ts';
export type { IntegrationProps } from './constructs/integration-props.ts';
export { Shared, type SharedProps } from './constructs/shared.ts';
