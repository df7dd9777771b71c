/** Security schemes of an OpenAPI or AsyncAPI document: what kind of credential, and where it goes. No credential is ever here. */
import { below, segmentsOf } from '../diagnostics/place.ts';
import type { Place } from '../model/diagnostic.ts';
import type { SecurityScheme } from '../model/openapi.ts';
import type { OpenApiContext } from './openapi-parts.ts';
import { followed, resolveReference } from './resolve.ts';
import { child, members, namesOf, objectOf, type Spot, textIn } from './spot.ts';
import { looksLikeUri } from './uri.ts';

const keyPlaces: ReadonlySet<string> = new Set(['query', 'header', 'cookie']);

/**
 * The schemes of an OpenAPI document by the names that its requirements use. A requirement names a component, or (OpenAPI
 * 3.2, Security Requirement Object) a scheme by its URI: that one is called as it is where it stands, unless another scheme
 * is called so; then its URI is its name.
 */
export class RequiredSchemes {
  readonly all: Map<string, SecurityScheme>;
  readonly #root: Spot;
  readonly #context: OpenApiContext;
  readonly #components: ReadonlySet<string>;
  readonly #byUri = new Map<string, string | undefined>();

  constructor(root: Spot, context: OpenApiContext) {
    this.#root = root;
    this.#context = context;
    this.all = securitySchemes(root, context);
    this.#components = new Set(namesOf(child(child(root, 'components'), 'securitySchemes')));
  }

  /** Undefined where it leads to nothing. */
  nameFor(required: string): string | undefined {
    if (this.#components.has(required)) return required;
    if (!looksLikeUri(required)) return undefined;
    if (!this.#byUri.has(required)) this.#byUri.set(required, this.#named(required));
    return this.#byUri.get(required);
  }

  #named(uri: string): string | undefined {
    const start = resolveReference(this.#context.documentSet, uri, this.#root);
    const end = 'spot' in start ? followed(this.#context.documentSet, start.spot) : start;
    const scheme = 'spot' in start && 'spot' in end ? schemeOf(end.spot) : undefined;
    if (!scheme || !('spot' in start)) return undefined;
    const { document, pointer } = start.spot.at;
    const last = segmentsOf(pointer).at(-1) ?? uri;
    if (document === this.#root.at.document && pointer === below(COMPONENTS, last).pointer) return last;
    const name = this.#components.has(last) || this.all.has(last) ? uri : last;
    this.all.set(name, scheme);
    return name;
  }
}

const COMPONENTS: Place = { document: '', pointer: '/components/securitySchemes' };

export function securitySchemes(root: Spot, { documentSet, faults }: OpenApiContext): Map<string, SecurityScheme> {
  const schemes = new Map<string, SecurityScheme>();
  for (const [name, entry] of members(child(child(root, 'components'), 'securitySchemes'))) {
    const target = followed(documentSet, entry);
    const scheme = 'spot' in target ? schemeOf(target.spot) : undefined;
    if (scheme) schemes.set(name, scheme);
    else {
      const trouble = 'spot' in target ? { type: textIn(target.spot, 'type') } : { problem: target.problem };
      faults.note('OAS009', entry.at, { name, ...trouble });
    }
  }
  return schemes;
}

function schemeOf(spot: Spot): SecurityScheme | undefined {
  switch (textIn(spot, 'type')) {
    case 'apiKey':
    case 'httpApiKey':
      return apiKeyOf(spot);
    case 'http':
      return httpOf(textIn(spot, 'scheme')?.toLowerCase());
    case 'oauth2': {
      const metadataUrl = textIn(spot, 'oauth2MetadataUrl');
      const flows = objectOf(child(spot, 'flows')) ?? {};
      return { type: 'oauth2', flows, ...(metadataUrl !== undefined && { metadataUrl }) };
    }
    case 'openIdConnect': {
      const url = textIn(spot, 'openIdConnectUrl');
      return url === undefined ? undefined : { type: 'openIdConnect', url };
    }
    case 'mutualTLS':
    case 'X509':
      return { type: 'mutualTLS' };
    default:
      return undefined;
  }
}

/** API Gateway exports its signature as an API key in `Authorization` with an extension that says what it really is. */
function apiKeyOf(spot: Spot): SecurityScheme | undefined {
  if (textIn(spot, 'x-amazon-apigateway-authtype')?.toLowerCase() === 'awssigv4') return { type: 'sigv4' };
  const name = textIn(spot, 'name');
  const place = textIn(spot, 'in');
  if (name === undefined || place === undefined || !keyPlaces.has(place)) return undefined;
  return { type: 'apiKey', in: place as 'query' | 'header' | 'cookie', name };
}

function httpOf(scheme: string | undefined): SecurityScheme | undefined {
  if (scheme === undefined) return undefined;
  return scheme === 'aws4-hmac-sha256' ? { type: 'sigv4' } : { type: 'http', scheme };
}
