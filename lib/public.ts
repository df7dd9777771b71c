/** The package's root: what a CDK app needs of Interlock. */
export { Integration, type IntegrationProps } from './constructs/integration.ts';
