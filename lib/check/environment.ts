/**
 * An environment file, checked against its schema and against the systems that it speaks of, as a typed Environment.
 * Faults are diagnostics; with an error among them there is no environment. Whatever may be a secret that somebody wrote
 * out is named by its place only, never quoted. Which credentials are missing is not asked here, since plans say which calls
 * there are (lib/analyze/missing-auth.ts).
 */
import { below, keyAt, segmentsOf } from '../diagnostics/place.ts';
import { report } from '../diagnostics/report.ts';
import type { ShapeFault } from '../diagnostics/shape-fault.ts';
import { Bug, unreachable } from '../model/assert.ts';
import type { Diagnostic, Place, PositionedDocument } from '../model/diagnostic.ts';
import type { Environment, SystemEnvironment } from '../model/environment.ts';
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import type { SecurityScheme, Server } from '../model/openapi.ts';
import { schemeWords } from '../model/security.ts';
import { checkVariables } from './server-variables.ts';
import { ourSchemas } from './our-schemas.ts';
import { shapeFaults } from './shape.ts';

export interface EnvironmentRequest {
  readonly name: string;
  readonly document: PositionedDocument;
  /** Security schemes by name, by the name of the source description. */
  readonly systems: ReadonlyMap<string, ReadonlyMap<string, SecurityScheme>>;
  /** All servers of each, those of single operations included; left out: variables are not looked at. */
  readonly servers?: ReadonlyMap<string, readonly Server[]>;
}

export interface EnvironmentResult {
  readonly environment?: Environment;
  readonly diagnostics: readonly Diagnostic[];
}

export function readEnvironment({ name, document, systems, servers }: EnvironmentRequest): EnvironmentResult {
  const { root, uri } = document;
  const place: Place = { document: uri, pointer: '' };
  const faults = shapeFaults({ schemas: ourSchemas, schema: 'environment.schema.json', value: root, place });
  const declared = isObject(root) && isObject(root.systems) ? root.systems : {};
  const diagnostics = [
    ...faults.map(diagnosticOf),
    ...Object.keys(declared).flatMap((system) =>
      checkVariables(system, declared[system] ?? null, below(place, 'systems', system), servers?.get(system)),
    ),
    ...Object.keys(declared).flatMap((system) =>
      checkSystem(system, declared[system] ?? null, below(place, 'systems', system), systems),
    ),
  ];
  if (diagnostics.length > 0) return { diagnostics };
  // The schema has just been held against it.
  const typed = declared as unknown as { readonly [system: string]: SystemEnvironment };
  return { environment: { name, systems: new Map(Object.entries(typed)) }, diagnostics };
}

function checkSystem(system: string, value: Json, place: Place, systems: EnvironmentRequest['systems']): Diagnostic[] {
  const schemes = systems.get(system);
  if (!schemes) return [report('ENV005', keyAt(place), { system, sources: [...systems.keys()] })];
  return [...checkServers(system, value, place), ...checkAuth(system, value, place, schemes)];
}

/** What the schema's pattern lets through and is no URL all the same: a port that there is not, a broken host. */
function checkServers(system: string, value: Json, place: Place): Diagnostic[] {
  if (!isObject(value)) return [];
  const several = own(value, 'servers');
  const given = [
    { key: 'server', url: own(value, 'server'), at: below(place, 'server') },
    ...(Array.isArray(several) ? several : []).map((url: Json, index) => ({
      key: `servers[${index}]`,
      url,
      at: below(place, 'servers', String(index)),
    })),
  ];
  return given.flatMap(({ key, url, at }) =>
    typeof url === 'string' && isWeb(url) && !URL.canParse(url.replaceAll(/\{[^{}]*\}/g, 'x'))
      ? [report('ENV008', at, { system, key })]
      : [],
  );
}

/** Others are the schema's to refuse; a name and a password in one are not to be said. */
function isWeb(url: string): boolean {
  return /^https?:\/\//.test(url);
}

function checkAuth(
  system: string,
  value: Json,
  place: Place,
  schemes: ReadonlyMap<string, SecurityScheme>,
): Diagnostic[] {
  const auth = isObject(value) ? own(value, 'auth') : undefined;
  if (!isObject(auth)) return [];
  return Object.keys(auth).flatMap((scheme) => {
    const at = keyAt(below(place, 'auth', scheme));
    const known = schemes.get(scheme);
    if (!known) return [report('ENV006', at, { system, scheme, schemes: [...schemes.keys()] })];
    const credential = auth[scheme];
    return isObject(credential) ? checkCredential(credential, known, at, { system, scheme }) : [];
  });
}

function checkCredential(
  credential: JsonObject,
  scheme: SecurityScheme,
  at: Place,
  names: { readonly system: string; readonly scheme: string },
): Diagnostic[] {
  const form = formOf(scheme);
  const given = forms.find(({ key }) => Object.hasOwn(credential, key)) ?? reference;
  // A token that somebody else has got is sent as it is.
  return given === form || (form === client && given === reference)
    ? []
    : [report('ENV007', at, { ...names, kind: schemeWords(scheme), form: form.words })];
}

/** The forms of credentials: the key by which each is told from the others, and how it is written. */
interface Form {
  readonly key: string;
  readonly words: string;
}

const reference: Form = { key: 'env', words: 'a reference such as `{env: NAME}`' };
const basic: Form = { key: 'username', words: '`{username, password}`' };
const client: Form = { key: 'clientId', words: '`{clientId, clientSecret}`' };
const certificate: Form = { key: 'cert', words: '`{cert, key}`' };
const signing: Form = { key: 'region', words: '`{region, service}`' };
const forms: readonly Form[] = [basic, client, certificate, signing];

function formOf(scheme: SecurityScheme): Form {
  switch (scheme.type) {
    case 'apiKey':
      return reference;
    case 'http':
      return scheme.scheme.toLowerCase() === 'basic' ? basic : reference;
    case 'oauth2':
    case 'openIdConnect':
      return client;
    case 'mutualTLS':
      return certificate;
    case 'sigv4':
      return signing;
    default:
      return unreachable(scheme, 'security scheme');
  }
}

function diagnosticOf(fault: ShapeFault): Diagnostic {
  const { place, subject } = fault;
  switch (fault.kind) {
    case 'unknown-key':
      return report('ENV001', place, fault);
    case 'missing-keys':
      return report('ENV002', place, fault);
    case 'choice':
      return report(fault.found.length === 0 ? 'ENV002' : 'ENV003', place, fault);
    case 'deprecated':
      throw new Bug('environment.schema.json has no deprecated key');
    case 'wrong-type':
    case 'malformed':
      if (mayBeSecret(fault)) return report('ENV004', keyAt(place), { subject });
      return report('ENV003', place, fault);
    default:
      return report('ENV003', place, fault);
  }
}

/** A text where a credential or a reference belongs; a URL with a user and a password in it. */
function mayBeSecret({ place, value }: { readonly place: Place; readonly value: Json }): boolean {
  const segments = segmentsOf(place.pointer);
  const isCredential = segments[2] === 'auth' || segments.includes('secret');
  return typeof value === 'string' && (isCredential || value.includes('@'));
}
