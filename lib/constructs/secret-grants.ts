/**
 * The permission to read one system's credentials and nobody else's. Secrets Manager ends every ARN with six characters
 * of its own, hence the question marks; a full ARN is taken as it is. Secrets under a customer's own KMS key need that
 * key's policy to name the role: it is not ours to change.
 */
import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { SecretRef } from '../model/environment.ts';

export function grantSecrets(role: iam.Role, refs: readonly SecretRef[]): void {
  const stack = Stack.of(role);
  const secrets = refs.flatMap((ref) => ('secret' in ref ? [secretArn(stack, ref.secret)] : []));
  const parameters = refs.flatMap((ref) => ('parameter' in ref ? [parameterArn(stack, ref.parameter)] : []));
  allow(role, 'secretsmanager:GetSecretValue', secrets);
  allow(role, 'ssm:GetParameter', parameters);
}

function allow(role: iam.Role, action: string, resources: readonly string[]): void {
  if (resources.length === 0) return;
  role.addToPolicy(new iam.PolicyStatement({ actions: [action], resources: [...new Set(resources)].sort() }));
}

function secretArn(stack: Stack, secret: string): string {
  if (isArn(secret)) return secret;
  return `arn:${stack.partition}:secretsmanager:${stack.region}:${stack.account}:secret:${secret}-??????`;
}

function parameterArn(stack: Stack, parameter: string): string {
  if (isArn(parameter)) return parameter;
  return `arn:${stack.partition}:ssm:${stack.region}:${stack.account}:parameter/${parameter.replace(/^\//, '')}`;
}

/** What is known only at deployment is a secret of the same app, which says its ARN. */
function isArn(text: string): boolean {
  return text.startsWith('arn:') || Token.isUnresolved(text);
}
