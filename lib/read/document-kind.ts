/** Which specification a document follows, told by what stands at its top. */
import { isObject, type Json } from '../model/json.ts';

/** Swagger counts as OpenAPI: 2.0 is read as such, an older one is refused by its version. */
export type DocumentKind = 'openapi' | 'arazzo' | 'asyncapi';

export function documentKind(root: Json): DocumentKind | undefined {
  if (!isObject(root)) return undefined;
  if (Object.hasOwn(root, 'arazzo')) return 'arazzo';
  if (Object.hasOwn(root, 'openapi') || Object.hasOwn(root, 'swagger')) return 'openapi';
  return Object.hasOwn(root, 'asyncapi') ? 'asyncapi' : undefined;
}

/** With its article, for sentences. */
export function kindInWords(kind: DocumentKind): string {
  switch (kind) {
    case 'openapi':
      return 'an OpenAPI document';
    case 'arazzo':
      return 'an Arazzo document';
    case 'asyncapi':
      return 'an AsyncAPI document';
  }
}
