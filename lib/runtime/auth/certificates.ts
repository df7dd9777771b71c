/** Whether a client can present itself with a certificate: asked before a connection is made, where the answer can teach. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ClientCertificate } from '../ports/http.ts';

/** In our words; what the parser says of a text might quote it. */
export function certificateProblem({ cert, key, ca }: ClientCertificate): string | undefined {
  const certificate = read(() => new X509Certificate(cert));
  if (!certificate) return '`cert` is no certificate in PEM';
  const privateKey = read(() => createPrivateKey(key));
  if (!privateKey) return '`key` is no private key in PEM (one with a passphrase is not taken)';
  if (!certificate.checkPrivateKey(privateKey)) return '`key` does not belong to `cert`';
  if (ca !== undefined && !read(() => new X509Certificate(ca))) return '`ca` is no certificate in PEM';
  return undefined;
}

function read<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
