/**
 * An environment: where each system is, and how it is called there. A description is the same in every environment; this
 * is the part that is not in it (contracts: Environment). Secrets are references until the moment of a request; nothing
 * of this enters a plan.
 */

export interface Environment {
  readonly name: string;
  /** By the name of the source description; a system of which it says nothing is absent. */
  readonly systems: ReadonlyMap<string, SystemEnvironment>;
}

export interface SystemEnvironment {
  /** Instead of the servers in the OpenAPI document. */
  readonly server?: string;
  readonly servers?: readonly string[];
  /** Of the server's URL. */
  readonly variables?: { readonly [name: string]: string };
  /** By the name of the security scheme in the OpenAPI document. */
  readonly auth?: { readonly [scheme: string]: Credential };
  /** Where AsyncAPI channels are, by channel name. */
  readonly channels?: { readonly [name: string]: string | ChannelEnvironment };
}

export interface ChannelEnvironment {
  /** A URL, an ARN, or `queue:<name>` in the data folder; absent: as the document says. */
  readonly at?: string;
  /** What proves that a message that comes in is from who it says. */
  readonly signature?: ChannelSignature;
}

export interface ChannelSignature {
  /** `hmac-sha256` where nothing is said. */
  readonly scheme?: 'hmac-sha256' | 'standard-webhooks' | 'token';
  /** That carries it; of Standard Webhooks they are given. */
  readonly header?: string;
  /** Before the signature, such as `sha256=`. */
  readonly prefix?: string;
  readonly encoding?: 'hex' | 'base64';
  readonly secret: SecretRef;
}

export type SecretRef =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly secret: string; readonly field?: string }
  | { readonly parameter: string };

/** Public parts (a user name, a client id) may be written out; secret ones are references. */
export type Text = string | SecretRef;

export interface BasicCredential {
  readonly username: Text;
  readonly password: SecretRef;
}

export interface ClientCredential {
  readonly clientId: Text;
  readonly clientSecret: SecretRef;
  readonly tokenUrl?: string;
  readonly scopes?: readonly string[];
  readonly refreshToken?: SecretRef;
}

export interface CertificateCredential {
  readonly cert: SecretRef;
  readonly key: SecretRef;
  readonly ca?: SecretRef;
}

export interface SigningCredential {
  readonly region: string;
  readonly service: string;
}

/** A reference alone is an API key or a bearer token. */
export type Credential = SecretRef | BasicCredential | ClientCredential | CertificateCredential | SigningCredential;
