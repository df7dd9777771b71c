/**
 * Where a key of x-interlock belongs, by the published schema: a policy's own key (`whenInDoubt`) is often written beside
 * the policy, and a workflow's at a step. Only exact names: what is misspelt, too, is told by the names that are near.
 */
import { isObject, type Json, type JsonObject, own } from '../model/json.ts';
import { ourSchemas } from './our-schemas.ts';

const OWNERS: readonly (readonly [owner: string, words: string])[] = [
  ['step', 'a step'],
  ['workflow', 'a workflow'],
  ['sourceDescription', 'a source description'],
];

/** In words that stand behind "belongs under". */
export function policyHomes(key: string): readonly string[] {
  return OWNERS.flatMap(([owner, words]) => {
    const policies = Object.entries(propertiesOf(definition(owner)));
    const within = policies.filter(([, policy]) => Object.hasOwn(propertiesOf(followed(policy)), key));
    const itself = policies.some(([name]) => name === key) ? [`\`x-interlock\` of ${words}`] : [];
    return [...itself, ...within.map(([name]) => `\`x-interlock.${name}\` of ${words}`)];
  });
}

function definition(name: string): Json {
  const schema = ourSchemas.get('x-interlock.schema.json');
  const definitions = schema && own(schema, '$defs');
  return (isObject(definitions) && own(definitions, name)) || {};
}

function followed(policy: Json): Json {
  const reference = isObject(policy) ? own(policy, '$ref') : undefined;
  return typeof reference === 'string' ? definition(reference.replace('#/$defs/', '')) : policy;
}

/** Those of its branches, too: a policy may be a duration or an object. */
function propertiesOf(schema: Json | undefined): JsonObject {
  if (!isObject(schema)) return {};
  const { properties } = schema;
  const branches = [propertiesOf(schema.then), propertiesOf(schema.else)];
  return Object.assign({}, ...branches, isObject(properties) ? properties : {}) as JsonObject;
}
