/** `#/components/parameters/page`, the way in which JSON Schema and OpenAPI would name a component, in Arazzo's words. */
export function componentReference(text: string): string | undefined {
  const [, kind, name] =
    /^#\/components\/(parameters|successActions|failureActions)\/([a-zA-Z0-9._-]+)$/.exec(text) ?? [];
  return kind === undefined || name === undefined ? undefined : `$components.${kind}.${name}`;
}

/** Of the `$ref` of a parameter or an action that has nothing else to say: what its `reference` would be. */
export function referenceFromRef(entry: { readonly [key: string]: unknown }): string | undefined {
  const { $ref: text } = entry;
  if (typeof text !== 'string' || Object.keys(entry).some((key) => key !== '$ref' && key !== 'value')) return undefined;
  return text.startsWith('$components.') ? text : componentReference(text);
}
