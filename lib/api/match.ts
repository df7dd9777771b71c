/** Which route a request means. Segments are decoded after they are told apart, so a name may hold anything. */
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';

export type Matched =
  | { readonly kind: 'matched'; readonly route: Route; readonly path: { readonly [name: string]: string } }
  /** The path is there; these are its methods. */
  | { readonly kind: 'method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

export function matchRoute(method: string, path: string): Matched {
  const found = MATCHERS.flatMap((matcher) => matcher(path) ?? []);
  const [only] = found.filter(({ route }) => route.method === method);
  if (only) return { kind: 'matched', ...only };
  if (found.length === 0) return { kind: 'none' };
  return { kind: 'method', allowed: found.map(({ route }) => route.method) };
}

type Matcher = (
  path: string,
) => { readonly route: Route; readonly path: { readonly [name: string]: string } } | undefined;

const MATCHERS: readonly Matcher[] = ROUTES.map((route) => {
  const names: string[] = [];
  // The path of a step has slashes; some gateways decode them on the way.
  const pattern = route.path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name);
    return name === 'step' ? '(.+)' : '([^/]+)';
  });
  const regex = new RegExp(`^${pattern}$`);
  return (path) => {
    const values = regex.exec(path)?.slice(1).map(decoded);
    if (!values || values.some((value) => value === undefined)) return undefined;
    return { route, path: Object.fromEntries(names.map((name, at) => [name, values[at] ?? ''])) };
  };
});

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Half an escape names nothing.
    return undefined;
  }
}
