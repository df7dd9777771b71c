/**
 * Parameters of a request that are not an operation's own: credentials, which the environment gives, and the headers
 * that OpenAPI leaves to other parts of the document (OpenAPI 3.1, Parameter Object: definitions of `Accept`,
 * `Content-Type` and `Authorization` SHALL be ignored).
 */
import type { ParameterIn } from '../model/arazzo.ts';
import type { ApiDocument } from '../model/openapi.ts';

interface Named {
  readonly name: string;
  readonly in: ParameterIn;
}

const headers: ReadonlySet<string> = new Set(['accept', 'content-type', 'authorization']);

export function isProvided(parameter: Named, document: ApiDocument): boolean {
  if (parameter.in === 'header' && headers.has(parameter.name.toLowerCase())) return true;
  return isApiKey(parameter, document);
}

export function isApiKey({ name, in: where }: Named, { securitySchemes }: ApiDocument): boolean {
  const plain = (text: string) => (where === 'header' ? text.toLowerCase() : text);
  return [...securitySchemes.values()].some(
    (scheme) => scheme.type === 'apiKey' && scheme.in === where && plain(scheme.name) === plain(name),
  );
}
