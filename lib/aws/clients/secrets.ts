/** Of the Secrets Manager client what credentials need. Loaded on first use: a bundle of its own (scripts/bundle.ts). */
export { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
