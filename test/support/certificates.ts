/**
 * X.509 certificates for tests (RFC 5280), signed with real keys: Node reads and checks certificates and makes none. Only
 * what a TLS handshake on loopback asks for is in them.
 */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface Identity {
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Identity {
  /** A certificate for 127.0.0.1 and `localhost`, or for a client: both are of use for either. */
  issue(name: string): Identity;
}

export function authority(name: string): Authority {
  const { privateKey, publicKey } = pair();
  const cert = certificate({ subject: name, issuer: name, publicKey, signer: privateKey, isAuthority: true });
  return {
    cert,
    key: pemOf(privateKey),
    issue(subject) {
      const keys = pair();
      const issued = { subject, issuer: name, publicKey: keys.publicKey, signer: privateKey, isAuthority: false };
      return { cert: certificate(issued), key: pemOf(keys.privateKey) };
    },
  };
}

function pair(): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

interface Parts {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly isAuthority: boolean;
}

let serial = 1;

function certificate({ subject, issuer, publicKey, signer, isAuthority }: Parts): string {
  serial += 1;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(serial)),
    ECDSA_SHA256,
    nameOf(issuer),
    sequence(time('20200101000000Z'), time('20991231235959Z')),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(isAuthority))),
  );
  const signature = sign('sha256', body, signer);
  const whole = sequence(body, ECDSA_SHA256, der(0x03, Buffer.of(0), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extensions(isAuthority: boolean): readonly Buffer[] {
  const constraints = sequence(...(isAuthority ? [der(0x01, Buffer.of(0xff))] : []));
  const names = sequence(der(0x87, Buffer.of(127, 0, 0, 1)), der(0x82, Buffer.from('localhost')));
  return [
    sequence(oid([2, 5, 29, 19]), der(0x01, Buffer.of(0xff)), der(0x04, constraints)),
    sequence(oid([2, 5, 29, 17]), der(0x04, names)),
  ];
}

const ECDSA_SHA256 = sequence(oid([1, 2, 840, 10045, 4, 3, 2]));

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(oid([2, 5, 4, 3]), der(0x0c, Buffer.from(text)))));
}

function time(text: string): Buffer {
  return der(0x18, Buffer.from(text));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}

function oid([first = 0, second = 0, ...rest]: readonly number[]): Buffer {
  return der(0x06, Buffer.of(first * 40 + second, ...rest.flatMap(base128)));
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}
