/**
 * What CloudFormation makes of a template's intrinsic functions, as far as our templates use them: references to resources
 * by what a world gives them as names and attributes. Anything else is an error, never a guess.
 */
import { isObject, type Json, type JsonObject } from '../../lib/model/json.ts';

export interface Named {
  /** What `Ref` of a resource is; `AWS::StackId` is asked for here, too. */
  ref(logicalId: string): string;
  /** What `Fn::GetAtt` is. */
  attribute(logicalId: string, name: string): string;
}

/** Whose account it is, and where. */
export const PSEUDO: { readonly [name: string]: string } = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '000000000000',
  'AWS::URLSuffix': 'amazonaws.com',
};

export function valueOf(value: Json, names: Named): Json {
  if (Array.isArray(value)) return value.map((item: Json) => valueOf(item, names));
  if (!isObject(value)) return value;
  const [[key, of] = ['', null], ...others] = Object.entries(value);
  if (others.length === 0) {
    if (key === 'Ref') return PSEUDO[String(of)] ?? names.ref(String(of));
    if (key === 'Fn::GetAtt') return attributeOf(of, names);
    if (key === 'Fn::Join') return joined(of, names);
    if (key === 'Fn::Sub') return substituted(of, names);
    if (key === 'Fn::Select') return selected(of, names);
    if (key === 'Fn::Split') return split(of, names);
    if (key.startsWith('Fn::')) throw new Error(`${key} is not understood here`);
  }
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, valueOf(member, names)]));
}

export function textOf(value: Json | undefined, names: Named): string {
  const text = valueOf(value ?? null, names);
  if (typeof text !== 'string') throw new Error(`no text: ${JSON.stringify(value)}`);
  return text;
}

function attributeOf(of: Json, names: Named): string {
  const [id, name] = Array.isArray(of) ? of.map(String) : String(of).split('.');
  return names.attribute(id ?? '', name ?? '');
}

function joined(of: Json, names: Named): string {
  const [separator, parts] = of as readonly [string, readonly Json[]];
  return parts.map((part) => textOf(part, names)).join(separator);
}

function split(of: Json, names: Named): readonly Json[] {
  const [separator, text] = of as readonly [string, Json];
  return textOf(text, names).split(separator);
}

function selected(of: Json, names: Named): Json {
  const [index, list] = of as readonly [number | string, Json];
  const found = (valueOf(list, names) as readonly Json[])[Number(index)];
  if (found === undefined) throw new Error(`nothing to select at ${index}: ${JSON.stringify(list)}`);
  return found;
}

/** With names of its own where a list gives them. */
function substituted(of: Json, names: Named): string {
  const [text, given] = Array.isArray(of) ? (of as unknown as readonly [string, JsonObject]) : [String(of), {}];
  return text.replace(/\$\{([^}!]+)\}/g, (_, name: string) => {
    const own = Object.hasOwn(given, name) ? textOf(given[name], names) : undefined;
    return own ?? PSEUDO[name] ?? names.ref(name);
  });
}
