/** The port that looks at a connection: is somebody there, and who says it is. Nothing is asked over it. */

export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  /** Milliseconds since 1970. */
  readonly validFrom: number;
  readonly validTo: number;
}

export type Connection =
  | { readonly kind: 'plain'; readonly ms: number }
  | {
      readonly kind: 'tls';
      readonly ms: number;
      readonly protocol: string;
      readonly certificate: Certificate;
      /** Why the machine does not trust it: a name that is not its own, an unknown authority, a time that is over. */
      readonly distrust?: string;
    }
  | { readonly kind: 'failed'; readonly why: string };

export interface ConnectOptions {
  readonly timeoutMs: number;
  /** An authority that is trusted beside the machine's own. */
  readonly ca?: string;
}

export interface Connecting {
  connect(url: string, options: ConnectOptions): Promise<Connection>;
}
