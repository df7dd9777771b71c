/**
 * Where large and sensitive values of an integration's runs lie: objects under `<integration>/blobs/<run>/`, the secret
 * by which digests of sensitive values are keyed, and the plans that runs name. Encrypted, private, over TLS only, without versions: what is deleted is
 * gone. Values expire with the retention, the secret and plans never do; the bucket stays when its stack goes.
 */
import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface PayloadBucketProps {
  /** The integration's name: what its objects begin with. */
  readonly integration: string;
  readonly retention: Duration;
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey?: kms.IKey;
}

export class PayloadBucket extends Construct {
  readonly bucket: s3.Bucket;
  /** What every key of the integration begins with. */
  readonly prefix: string;

  constructor(
    scope: Construct,
    id: string,
    { integration, retention, removalPolicy, encryptionKey }: PayloadBucketProps,
  ) {
    super(scope, id);
    this.prefix = `${integration}/`;
    this.bucket = new s3.Bucket(this, 'Bucket', {
      ...(encryptionKey
        ? { encryption: s3.BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: s3.BucketEncryption.S3_MANAGED }),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy,
      lifecycleRules: [
        { id: 'values', prefix: `${this.prefix}blobs/`, expiration: retention },
        { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
    });
  }

  /**
   * Reading and writing values and reading plans, no deletion. Without the right to list, S3 answers "forbidden" for an object that is not
   * there, and nobody could tell a lost value from a missing permission.
   */
  grantValues(role: iam.Role): void {
    const { bucketArn, encryptionKey } = this.bucket;
    const objects = [`${bucketArn}/${this.prefix}blobs/*`, `${bucketArn}/${this.prefix}secret`];
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject'], resources: objects }));
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [this.plans] }));
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucketArn] }));
    encryptionKey?.grantEncryptDecrypt(role);
  }

  /** Writing plans down, before the first run that names them. */
  grantKeepingPlans(role: iam.Role): void {
    role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:PutObject'], resources: [this.plans] }));
  }

  private get plans(): string {
    return `${this.bucket.bucketArn}/${this.prefix}plans/*`;
  }
}
