/** Security schemes of an OpenAPI or AsyncAPI document: what kind of credential, and where it goes. No credential is ever here. */
import type { SecurityScheme } from '../model/openapi.ts';
import type { OpenApiContext } from './openapi-parts.ts';
import { followed } from './resolve.ts';
import { child, members, objectOf, type Spot, textIn } from './spot.ts';

const keyPlaces: ReadonlySet<string> = new Set(['query', 'header', 'cookie']);

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
