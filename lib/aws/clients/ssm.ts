/** Of the SSM client what credentials need. Loaded on first use: a bundle of its own (scripts/bundle.ts). */
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
