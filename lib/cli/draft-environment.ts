/**
 * The text of first environments for given APIs: where each system is and how its credentials are named, on this machine and
 * on AWS. Nothing secret is written; whoever has the credentials puts them where the text says.
 */
import { own } from '../model/json.ts';
import type { OpenApiDocument, SecurityScheme } from '../model/openapi.ts';
import type { DraftSource } from './draft-integration.ts';

/** Of a credential's part (`key`, `user`, ...): where the value is. */
type Reference = (part: string) => string;

interface Place {
  readonly comment: readonly string[];
  readonly server: (source: DraftSource) => string;
  readonly reference: (system: string, scheme: string) => Reference;
}

/** Credentials by environment variable, one per scheme that the documents name; servers as the documents say. */
export function draftEnvironment(sources: readonly DraftSource[]): string {
  return environmentText(sources, {
    comment: [
      '# Where each system is and as whom it is called here. Secrets are named, never written: set the variables below.',
    ],
    server: ({ document }) => serverOf(document) ?? HERE,
    reference: (system, scheme) => {
      const variable = `${system}_${scheme}`.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
      return (part) => `{ env: ${part === KEY ? variable : `${variable}_${part.toUpperCase()}`} }`;
    },
  });
}

/**
 * The same for AWS: a secret of Secrets Manager per system, whose value is a JSON object with a member per credential. A
 * server on this machine is nobody's there, so its address is one that has to be changed.
 */
export function draftAwsEnvironment(title: string, sources: readonly DraftSource[]): string {
  const folder = title.replace(/[^A-Za-z0-9_-]+/g, '-');
  return environmentText(sources, {
    comment: [
      '# Where each system is when this is deployed. Credentials are members of secrets in AWS Secrets Manager, by the names',
      '# below; create them before the first deploy, which looks whether they can be read.',
    ],
    server: ({ name, document }) => publicServerOf(document) ?? `https://${hostName(name)}.example.com`,
    reference: (system, scheme) => (part) => {
      const field = part === KEY ? scheme : `${scheme}.${part}`;
      return `{ secret: ${JSON.stringify(`${folder}/${system}`)}, field: ${JSON.stringify(field)} }`;
    },
  });
}

const KEY = 'key';

function environmentText(sources: readonly DraftSource[], place: Place): string {
  return [
    ...place.comment,
    'systems:',
    ...sources.flatMap((source) => [
      `  ${source.name}:`,
      `    server: ${JSON.stringify(place.server(source))}`,
      ...authLines(source, place),
    ]),
    '',
  ].join('\n');
}

const HERE = 'http://127.0.0.1:4000';

/** The document's own, variables at their defaults; where it names no host, a path on this machine. */
function serverOf(document: OpenApiDocument): string | undefined {
  const [server] = document.servers;
  const url = server?.url.replaceAll(
    /\{([^{}]*)\}/g,
    (whole, name: string) => own(server.variables, name)?.default ?? whole,
  );
  if (url === undefined || url.includes('{')) return undefined;
  if (url.startsWith('/') && !url.startsWith('//')) return `${HERE}${url}`.replace(/\/$/, '');
  return /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/.test(url) && URL.canParse(url) ? url : undefined;
}

function publicServerOf(document: OpenApiDocument): string | undefined {
  const url = serverOf(document);
  const host = url === undefined ? undefined : URL.parse(url)?.hostname;
  const isHere = host === undefined || host === 'localhost' || host === '[::1]' || host.startsWith('127.');
  return isHere ? undefined : url;
}

function hostName(system: string): string {
  return (
    system
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'system'
  );
}

function authLines({ name, document }: DraftSource, { reference }: Place): readonly string[] {
  const lines = [...document.securitySchemes].flatMap(([scheme, spec]) => {
    const credential = credentialLine(reference(name, scheme), spec);
    return credential === undefined ? [] : [`      ${JSON.stringify(scheme)}: ${credential}`];
  });
  return lines.length === 0 ? [] : ['    auth:', ...lines];
}

function credentialLine(reference: Reference, scheme: SecurityScheme): string | undefined {
  switch (scheme.type) {
    case 'apiKey':
      return reference(KEY);
    case 'http':
      return scheme.scheme.toLowerCase() === 'basic'
        ? `{ username: ${reference('user')}, password: ${reference('password')} }`
        : reference(KEY);
    case 'oauth2':
    case 'openIdConnect':
      return `{ clientId: ${reference('id')}, clientSecret: ${reference('secret')} }`;
    default:
      return undefined;
  }
}
