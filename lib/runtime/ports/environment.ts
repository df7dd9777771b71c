/**
 * What an environment says about one system: where it is, and which credentials to use there. The same shapes as in an
 * environment file (contracts: Environment); credentials are references until the moment of a request.
 */
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

export interface SystemEnvironment {
  readonly server?: string;
  readonly servers?: readonly string[];
  readonly variables?: { readonly [name: string]: string };
  /** By the name of the security scheme in the OpenAPI document. */
  readonly auth?: { readonly [scheme: string]: Credential };
}

export interface Environments {
  /** By the source description's name; an environment that says nothing about a system gives an empty object. */
  system(name: string): SystemEnvironment;
}
