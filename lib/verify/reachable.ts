/** Is a server there, and may it be trusted: the connection and its certificate, before anything is asked. */
import { type Check, failed, ok, warning } from './check.ts';
import type { Connection } from './connecting.ts';

const DAY_MS = 86_400_000;
/** Below it a certificate is about to be somebody's emergency. */
const FAILING_DAYS = 3;

export interface TrustLimits {
  readonly now: number;
  /** A certificate that ends sooner is warned of. */
  readonly warnDays: number;
  readonly url: string;
}

export function connectionChecks(connection: Connection, limits: TrustLimits): readonly Check[] {
  if (connection.kind === 'failed')
    return [
      failed('reachable', connection.why, 'Is the server of this environment right, and may this machine reach it?'),
    ];
  const reachable = ok('reachable', `connected in ${connection.ms} ms`);
  return [reachable, connection.kind === 'plain' ? plainCheck(limits.url) : tlsCheck(connection, limits)];
}

function plainCheck(url: string): Check {
  return isLoopback(url)
    ? ok('tls', 'none, on this machine itself')
    : warning('tls', 'none: credentials and data travel in clear', 'Use an https server in the environment.');
}

function isLoopback(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host) || host.endsWith('.localhost');
}

function tlsCheck(
  { protocol, certificate, distrust }: Extract<Connection, { kind: 'tls' }>,
  { now, warnDays }: TrustLimits,
): Check {
  const { validFrom, validTo, issuer } = certificate;
  const days = Math.floor((validTo - now) / DAY_MS);
  const renew = 'Have the certificate of the system renewed.';
  if (validTo <= now) return failed('tls', `its certificate ended ${-days} days ago`, renew);
  if (validFrom > now)
    return failed('tls', 'its certificate is not valid yet', 'Compare the clocks of this machine and of the system.');
  if (distrust !== undefined)
    return failed(
      'tls',
      `its certificate is not trusted: ${distrust}`,
      'Install the authority, or mend the name of the server.',
    );
  const says = `${protocol}, a certificate of ${issuer} with ${days} days left`;
  if (days < FAILING_DAYS) return failed('tls', says, renew);
  return days < warnDays ? warning('tls', says, renew) : ok('tls', says);
}
