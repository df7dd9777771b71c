/** What a CDK app says about an integration; every property but the description has a default. */
import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { SystemEnvironment } from '../model/environment.ts';
import type { DescribedIntegration } from './described-integration.ts';
import type { RunApiAccess } from './run-api.ts';
import type { Shared } from './shared.ts';

export interface IntegrationProps {
  /** Path of an Arazzo file, or of a folder that holds one. */
  readonly description: string;
  /**
   * Where its systems are and which credentials they take: the name of a file in the description's `environments/`, or a
   * path.
   * @default 'aws'
   */
  readonly environment?: string;
  /**
   * Systems of which the app knows more than the environment file, such as the address of an API in the same app: by
   * system, in place of what the file says. Values that are known only at deployment are fine; so is a secret's ARN.
   * @default what the environment file says
   */
  readonly systems?: { readonly [system: string]: SystemEnvironment };
  /**
   * What calls of a system need of AWS beside its credentials, such as `execute-api:Invoke` where it takes signed requests:
   * by system, given to its call function. What a description says about retries and undos is no matter of deployment.
   * @default nothing
   */
  readonly policies?: { readonly [system: string]: readonly iam.PolicyStatement[] };
  /**
   * Breakers, limits and locks in common with other integrations.
   * @default its own
   */
  readonly shared?: Shared;
  /**
   * What becomes of the run table, the payload bucket and a shared table of its own when they are taken out of the stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: they stay, unless the very first deploy of them fails
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * For the tables, the bucket, the queue, the topic and the logs. A key of the same app lets the services logs and cloudwatch
   * use it from now on; the policy of an imported key has to do so itself.
   * @default keys of AWS's own
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * How long large and sensitive values are kept. Longer than the longest run, its undo included.
   * @default 365 days
   */
  readonly payloadRetention?: Duration;
  /** @default three months */
  readonly logRetention?: logs.RetentionDays;
  /**
   * Traces of machines and functions by X-Ray.
   * @default true
   */
  readonly tracing?: boolean;
  /**
   * Where the functions run, if systems are reached from there only. They need a way to DynamoDB, S3, Step Functions and
   * to where secrets are kept: a NAT gateway or endpoints.
   * @default no network of yours
   */
  readonly vpc?: ec2.IVpc;
  /** @default the private subnets */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /** @default one that lets everything out and nothing in */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
  /**
   * Of every role.
   * @default none
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;
  /**
   * Who is told by alarms.
   * @default a topic of its own
   */
  readonly alarmTopic?: sns.ITopic;
  /**
   * The share of all runs that shall succeed, above 0 and below 1: alarms ring when the rest is used up too fast. What
   * workflows promise by `slo` has alarms of its own beside it.
   * @default 0.99; nothing where every workflow promises an availability
   */
  readonly successObjective?: number;
  /**
   * A dashboard of each system beside that of the integration. A dashboard costs about 3 USD a month beyond the first three.
   * @default true
   */
  readonly systemDashboards?: boolean;
  /**
   * Who may ask the run API, and how often.
   * @default IAM callers with `execute-api:Invoke` (`integration.api.grantCall`), 50 requests a second, callbacks 20
   */
  readonly api?: RunApiAccess;
  /**
   * The description, compiled already; then no child process compiles it. The repository's own app uses it.
   * @internal
   */
  readonly described?: DescribedIntegration;
}
