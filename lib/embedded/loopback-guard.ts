/**
 * What keeps a server on loopback from being used by web pages. A page may send requests to this machine, and a name of
 * its own may lead here (DNS rebinding), so a request must name this server itself as its host, and if it comes from a
 * page at all, from one of this server's. `Sec-Fetch-Site` says so where a browser leaves `Origin` out.
 */
import type { ApiResponse } from '../api/message.ts';
import { problem } from '../api/problems.ts';

export function refusedByGuard(headers: ReadonlyMap<string, string>, port: number): ApiResponse | undefined {
  const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`);
  const host = headers.get('host')?.toLowerCase() ?? '';
  if (!hosts.includes(host)) return problem('host-refused', `Ask for http://${hosts[0]}`);
  const origin = headers.get('origin')?.toLowerCase();
  const isOurs = origin === undefined || hosts.some((name) => origin === `http://${name}`);
  const isForeign = ['cross-site', 'same-site'].includes(headers.get('sec-fetch-site') ?? '');
  if (isOurs && !isForeign) return undefined;
  return problem('origin-refused', 'Only pages of this very server, and programs that are no pages, may ask');
}
