/**
 * Reusable references to the components they name. Components belong to the document that defines them; a reference
 * in a called workflow of another document is looked up there (Arazzo 1.1, section 12).
 */
import { below } from '../diagnostics/place.ts';
import { componentReference } from '../model/component-reference.ts';
import { parseExpression } from '../expressions/parse.ts';
import type { Components, FailureAction, Parameter, Reusable, SuccessAction } from '../model/arazzo.ts';
import type { Place } from '../model/diagnostic.ts';
import type { Linking } from './linking.ts';

export type ComponentKind = 'parameters' | 'successActions' | 'failureActions';

interface ComponentTypes {
  readonly parameters: Parameter;
  readonly successActions: SuccessAction;
  readonly failureActions: FailureAction;
}

export function isReusable(entry: object): entry is Reusable {
  return 'reference' in entry;
}

/** The entry itself, or the component that it refers to. */
export function resolved<K extends ComponentKind>(
  linking: Linking,
  kind: K,
  entry: ComponentTypes[K] | Reusable,
): ComponentTypes[K] | undefined {
  return isReusable(entry) ? componentNamed(linking, kind, entry) : entry;
}

export interface ResolvedParameter {
  readonly parameter: Parameter;
  readonly at: Place;
  readonly valueAt: Place;
}

/** With the reference's own `value`, where it has one, in place of the component's. */
export function resolvedParameter(linking: Linking, entry: Parameter | Reusable): ResolvedParameter | undefined {
  const parameter = resolved(linking, 'parameters', entry);
  if (parameter === undefined) return undefined;
  if (!isReusable(entry) || entry.value === undefined) {
    return { parameter, at: entry.at, valueAt: below(parameter.at, 'value') };
  }
  return { parameter: { ...parameter, value: entry.value }, at: entry.at, valueAt: below(entry.at, 'value') };
}

function componentNamed<K extends ComponentKind>(
  linking: Linking,
  kind: K,
  entry: Reusable,
): ComponentTypes[K] | undefined {
  const at = below(entry.at, 'reference');
  const name = nameIn(linking, kind, entry.reference, at);
  if (name === undefined) return undefined;
  const components = componentsOf(linking.description.arazzo.components, kind);
  const component = components.get(name);
  if (component === undefined) linking.report('ARZ038', at, { kind, name, known: [...components.keys()] });
  return component;
}

function nameIn(linking: Linking, kind: ComponentKind, reference: string, at: Place): string | undefined {
  const instead = componentReference(reference);
  if (instead !== undefined) linking.report('ARZ043', at, { text: reference, instead });
  const parsed = parseExpression(instead ?? reference);
  if (!parsed.ok || parsed.expression.source !== 'components') {
    const why = parsed.ok ? 'it does not name a component' : parsed.problem.message;
    linking.report('ARZ040', at, { text: reference, why, forms: [`$components.${kind}.<name>`] });
    return undefined;
  }
  const { component, name } = parsed.expression;
  if (component === kind) return name;
  linking.report('ARZ039', at, { reference, expected: kind });
  return undefined;
}

function componentsOf<K extends ComponentKind>(
  components: Components,
  kind: K,
): ReadonlyMap<string, ComponentTypes[K]> {
  // Indexing by a type parameter gives TypeScript the union; the member named `kind` has the type for `kind`.
  return components[kind] as ReadonlyMap<string, ComponentTypes[K]>;
}
