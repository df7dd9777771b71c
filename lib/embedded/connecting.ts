/** Looks at a connection by node:net and node:tls: opened, looked at, closed. What it is not trusted for is told, not thrown. */
import { isIP, connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { Certificate, Connecting, Connection, ConnectOptions } from '../verify/connecting.ts';

export const nodeConnecting: Connecting = {
  connect(url, options) {
    const { protocol, hostname, port } = new URL(url);
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    const at = { host, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
    return protocol === 'https:' ? lookSecurely(at, options) : lookPlainly(at, options);
  },
};

interface Address {
  readonly host: string;
  readonly port: number;
}

function lookPlainly(at: Address, options: ConnectOptions): Promise<Connection> {
  const begun = Date.now();
  return settled(connectPlain(at), 'connect', options, () => ({ kind: 'plain', ms: Date.now() - begun }));
}

function lookSecurely({ host, port }: Address, { timeoutMs, ca }: ConnectOptions): Promise<Connection> {
  const begun = Date.now();
  // What is wrong with the certificate is what is asked for here; nothing is sent over it.
  const socket = connectTls({
    host,
    port,
    rejectUnauthorized: false,
    ...(isIP(host) === 0 && { servername: host }),
    ...(ca !== undefined && { ca: [ca] }),
  });
  return settled(socket, 'secureConnect', { timeoutMs }, () => secured(socket, Date.now() - begun));
}

function secured(socket: TLSSocket, ms: number): Connection {
  const peer = socket.getPeerCertificate();
  if (peer.valid_to === undefined) return { kind: 'failed', why: 'it shows no certificate' };
  const distrust = socket.authorized ? {} : { distrust: reasonOf(socket.authorizationError) };
  return { kind: 'tls', ms, protocol: socket.getProtocol() ?? 'TLS', certificate: certificateOf(peer), ...distrust };
}

function certificateOf({ subject, issuer, valid_from, valid_to }: PeerCertificate): Certificate {
  return {
    subject: nameIn(subject),
    issuer: nameIn(issuer),
    validFrom: Date.parse(valid_from),
    validTo: Date.parse(valid_to),
  };
}

function nameIn(names: PeerCertificate['subject'] | undefined): string {
  const name = names?.O ?? names?.CN ?? 'nobody';
  return Array.isArray(name) ? name.join(', ') : name;
}

function reasonOf(error: Error | string | null | undefined): string {
  return error instanceof Error ? error.message : (error ?? 'it does not say why');
}

/** The first of: it is there, it failed, it took too long. */
function settled(
  socket: Socket,
  ready: 'connect' | 'secureConnect',
  { timeoutMs }: ConnectOptions,
  look: () => Connection,
): Promise<Connection> {
  return new Promise((resolve) => {
    const end = (connection: Connection): void => {
      clearTimeout(timer);
      resolve(connection);
      socket.destroy();
    };
    const timer = setTimeout(() => end({ kind: 'failed', why: `no connection within ${timeoutMs} ms` }), timeoutMs);
    socket.once(ready, () => end(look()));
    socket.on('error', (error) => end({ kind: 'failed', why: whyOf(error) }));
  });
}

const WHY: { readonly [code: string]: string } = {
  ECONNREFUSED: 'nobody listens there: the connection is refused',
  ENOTFOUND: 'its name is not known to the DNS',
  EAI_AGAIN: 'the DNS does not answer',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
  ECONNRESET: 'the connection is broken off',
};

function whyOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return WHY[code] ?? `the connection fails (${code || error.message})`;
}
