/**
 * A deploy asks a call function, as a custom resource, whether it can read the credentials that it will need: what is
 * missing then ends the deploy and not the first run. The function itself answers, because only its role, its network and
 * its keys prove anything. The answer names references and never holds a value. Deletion is always agreed to.
 */
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import type { SecretRef } from '../model/environment.ts';
import type { Clock } from '../model/time.ts';
import type { Secrets } from '../runtime/ports/secrets.ts';

/** What CloudFormation sends; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html. */
export interface CredentialCheck {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResourceProperties: JsonObject;
}

export interface CheckPorts {
  readonly secrets: Pick<Secrets, 'resolve'>;
  readonly clock: Clock;
  /** Puts a text to a URL. */
  readonly answer: (url: string, body: string) => Promise<void>;
}

/** A role that was made a moment ago is not known everywhere yet. */
const TRIES = 4;
const PAUSE_MS = 4_000;
/** CloudFormation cuts a reason off, and an answer that is too long altogether. */
const LONGEST_REASON = 1_000;

export function isCredentialCheck(event: unknown): event is CredentialCheck {
  return isObject(event) && typeof event['RequestType'] === 'string' && typeof event['ResponseURL'] === 'string';
}

export async function checkCredentials(event: CredentialCheck, ports: CheckPorts): Promise<null> {
  const missing = event.RequestType === 'Delete' ? [] : await missingOf(event.ResourceProperties, ports);
  const { StackId, RequestId, LogicalResourceId } = event;
  const answer = {
    Status: missing.length === 0 ? 'SUCCESS' : 'FAILED',
    Reason: missing.join('. ').slice(0, LONGEST_REASON) || 'every credential can be read',
    PhysicalResourceId: LogicalResourceId,
    StackId,
    RequestId,
    LogicalResourceId,
  };
  await ports.answer(event.ResponseURL, JSON.stringify(answer));
  return null;
}

async function missingOf(properties: JsonObject, { secrets, clock }: CheckPorts): Promise<readonly string[]> {
  const references = referencesIn(properties['References']);
  for (let tried = 1; ; tried += 1) {
    const found = await Promise.all(references.map((reference) => whyUnreadable(secrets, reference)));
    const missing = found.filter((why) => why !== undefined);
    if (missing.length === 0 || tried === TRIES) return missing;
    await new Promise<void>((resolve) => clock.after(PAUSE_MS, () => resolve()));
  }
}

/** Written by the construct, with nothing but texts in them. */
function referencesIn(value: Json | undefined): readonly SecretRef[] {
  return Array.isArray(value) ? (value as readonly unknown[] as readonly SecretRef[]) : [];
}

async function whyUnreadable(secrets: CheckPorts['secrets'], reference: SecretRef): Promise<string | undefined> {
  try {
    await secrets.resolve(reference);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Over native fetch; the address is CloudFormation's own, signed and good for a while. */
export async function putAnswer(url: string, body: string): Promise<void> {
  const answered = await fetch(url, { method: 'PUT', body, signal: AbortSignal.timeout(10_000) });
  if (!answered.ok) throw new Error(`CloudFormation did not take the answer: ${answered.status}`);
}
