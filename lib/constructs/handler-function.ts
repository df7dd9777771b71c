/**
 * One handler as a function with a role and a log group of its own: it may write its log, its traces and, by what the
 * caller grants, what it needs of the integration. Node 24 on arm64; the code is the integration's one asset. Each version
 * that was ever deployed stays, since runs that began with it end with it.
 */
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

/** The same for all handlers of an integration. */
export interface HandlerSettings {
  readonly code: lambda.Code;
  readonly logRetention: logs.RetentionDays;
  readonly tracing: boolean;
  readonly encryptionKey?: kms.IKey;
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
}

export interface HandlerFunctionProps extends HandlerSettings {
  readonly description: string;
  /** The bundle and its export, as `call.handler`. */
  readonly handler: string;
  readonly timeout: Duration;
  readonly environment: { readonly [name: string]: string };
}

const MEMORY_MB = 512;

export class HandlerFunction extends Construct {
  readonly function: lambda.Function;
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const { vpc, vpcSubnets, securityGroups, encryptionKey } = props;
    const logGroup = new logs.LogGroup(this, 'Log', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(encryptionKey && { encryptionKey }),
    });
    this.role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    if (vpc) grantNetwork(this.role);
    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: MEMORY_MB,
      timeout: props.timeout,
      code: props.code,
      handler: props.handler,
      role: this.role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      tracing: props.tracing ? lambda.Tracing.ACTIVE : lambda.Tracing.DISABLED,
      environment: { ...props.environment },
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(vpc && { vpc }),
      ...(vpcSubnets && { vpcSubnets }),
      ...(securityGroups && { securityGroups: [...securityGroups] }),
    });
  }
}

/** What Lambda does in the function's name to join a network; none of it knows a resource that exists beforehand. */
function grantNetwork(role: iam.Role): void {
  const actions = ['CreateNetworkInterface', 'DeleteNetworkInterface', 'DescribeNetworkInterfaces', 'DescribeSubnets'];
  const addresses = ['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'];
  const all = [...actions, ...addresses].map((action) => `ec2:${action}`);
  role.addToPolicy(new iam.PolicyStatement({ actions: all, resources: ['*'] }));
}
