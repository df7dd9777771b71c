/**
 * Systems of a demo as functions, so that the first run on AWS has something to call: a function with a URL each, its
 * credential made by Secrets Manager, and one small table for the state of all. What it gives is what an environment file
 * would say of them. For trying out: whoever knows a credential may call its URL, and all of it goes with the stack.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Credential, SystemEnvironment } from '../model/environment.ts';
import { HandlerFunction } from './handler-function.ts';

export interface DemoSystem {
  /** The member of its secret that is made on AWS, and those that are not secret. */
  readonly generated: string;
  readonly fixed: { readonly [name: string]: string };
  readonly auth: (secret: string) => { readonly [scheme: string]: Credential };
}

export interface DemoSystemsProps {
  readonly systems: { readonly [system: string]: DemoSystem };
  /** The folder of the bundle whose `lambda.handler` is any of them. */
  readonly code: string;
}

const TIMEOUT: Duration = Duration.seconds(30);

export class DemoSystems extends Construct {
  readonly environments: { readonly [system: string]: SystemEnvironment };

  constructor(scope: Construct, id: string, { systems, code }: DemoSystemsProps) {
    super(scope, id);
    const table = new dynamodb.Table(this, 'Calls', {
      partitionKey: { name: 'system', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'number', type: dynamodb.AttributeType.NUMBER },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.AWS_MANAGED,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const asset = lambda.Code.fromAsset(code);
    const entries = Object.entries(systems).map(([name, system]) => {
      const secret = this.secretOf(name, system);
      return [
        name,
        { server: this.serve(name, { table, secret, asset }), auth: system.auth(secret.secretArn) },
      ] as const;
    });
    this.environments = Object.fromEntries(entries);
  }

  private secretOf(name: string, { generated, fixed }: DemoSystem): secretsmanager.Secret {
    return new secretsmanager.Secret(this, `${titled(name)}Secret`, {
      description: `Credential of the demo system ${name}`,
      generateSecretString: {
        secretStringTemplate: JSON.stringify(fixed),
        generateStringKey: generated,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }

  private serve(name: string, { table, secret, asset }: Serving): string {
    const { function: system, role } = new HandlerFunction(this, titled(name), {
      description: `Interlock demo: the system ${name}`,
      code: asset,
      handler: 'lambda.handler',
      timeout: TIMEOUT,
      environment: { DEMO_SYSTEM: name, DEMO_TABLE: table.tableName, DEMO_SECRET: secret.secretArn },
      logRetention: logs.RetentionDays.ONE_WEEK,
      tracing: true,
    });
    role.addToPolicy(
      new iam.PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] }),
    );
    const items = ['dynamodb:PutItem', 'dynamodb:Query'];
    role.addToPolicy(new iam.PolicyStatement({ actions: items, resources: [table.tableArn] }));
    return system.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE }).url;
  }
}

interface Serving {
  readonly table: dynamodb.Table;
  readonly secret: secretsmanager.Secret;
  readonly asset: lambda.Code;
}

function titled(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
