/**
 * What integrations share because the systems behind them are the same ones: breakers, rate limits, permits and locks, in
 * one table keyed by the system's identity (or the lock's key). One per app is right: two integrations that call one
 * system then see the same breaker. An `Integration` makes one of its own where it is given none.
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { tableEncryption } from './table-encryption.ts';

export interface SharedProps {
  /**
   * What becomes of the table when it is taken out of the stack. A lock that a run needing attention holds is in it.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
  /** @default a key of AWS's own */
  readonly encryptionKey?: kms.IKey;
}

const { STRING } = dynamodb.AttributeType;

export class Shared extends Construct {
  readonly table: dynamodb.Table;

  constructor(scope: Construct, id: string, { removalPolicy, encryptionKey }: SharedProps = {}) {
    super(scope, id);
    this.table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'pk', type: STRING },
      sortKey: { name: 'sk', type: STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      ...tableEncryption(encryptionKey),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expires',
      removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }

  /** Single items, read and written under conditions: no query, no scan, no deletion. */
  grantItems(role: iam.Role): void {
    const actions = ['dynamodb:GetItem', 'dynamodb:UpdateItem'];
    role.addToPolicy(new iam.PolicyStatement({ actions, resources: [this.table.tableArn] }));
    this.table.encryptionKey?.grantEncryptDecrypt(role);
  }
}
