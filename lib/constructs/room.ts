/**
 * What of one integration AWS has room for, and the templates do not split: refused here in words, since CloudFormation says
 * it only in the middle of a deploy. Machines need no bound of their own (machines.ts); resources and bytes of a stack are
 * placing.ts's.
 */
import { Failure } from '../model/failure.ts';
import { receivingOf } from './channels.ts';
import { type DescribedIntegration, systemsOf } from './described-integration.ts';

/** The functions that look after all of them have each one's name in 4 KB of environment, and its ARNs in 10,240 characters of policy. */
const MOST_SYSTEMS = 30;
/** Of the same 4 KB, for the places that messages come from. */
const MOST_OF_CHANNELS = 3_000;

export function requireRoom(described: DescribedIntegration): void {
  const systems = systemsOf(described).length;
  if (systems > MOST_SYSTEMS) throw tooMuch(described, `calls ${systems} systems, and ${MOST_SYSTEMS}`);
  const channels = receivingOf(described);
  const bytes = Buffer.byteLength(
    JSON.stringify(channels.map(({ place, system, channel }) => [place, system, channel])),
  );
  if (bytes > MOST_OF_CHANNELS)
    throw tooMuch(
      described,
      `has ${channels.length} channels that bring messages: their names are ${bytes} bytes, and ${MOST_OF_CHANNELS}`,
    );
}

function tooMuch({ name }: DescribedIntegration, what: string): Failure {
  return new Failure('integration-too-large', `${name} ${what} have room in one integration`, {
    kind: 'document',
    remedy: 'Move workflows that share no system into a folder of their own: each folder is an integration.',
  });
}
