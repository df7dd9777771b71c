/** The part of the provider that tests use; the package has no types of its own. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface Kept {
    readonly isValid: boolean;
    readonly scope?: string;
    save(): Promise<string>;
    destroy(): Promise<void>;
  }

  interface Model {
    new (properties: { readonly [name: string]: unknown }): Kept & { addOIDCScope(scope: string): void };
    find(id: string): Promise<Kept | undefined>;
  }

  export class Provider {
    constructor(issuer: string, configuration: { readonly [name: string]: unknown });
    callback(): RequestListener;
    readonly ClientCredentials: Model;
    readonly AccessToken: Model;
    readonly RefreshToken: Model;
    readonly Grant: Model;
    readonly Client: { find(id: string): Promise<unknown> };
  }
}
