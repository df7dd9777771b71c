/** Of the Step Functions client what waking needs. Loaded on first use: a bundle of its own (scripts/bundle.ts). */
export { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
