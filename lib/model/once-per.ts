/**
 * What is computed of an object that never changes, once for as long as the object lives: plans, operations and schemas
 * are read for every call of every run, and say the same each time.
 */
export function oncePer<K extends object, V>(compute: (of: K) => V): (of: K) => V {
  const known = new WeakMap<K, { readonly value: V }>();
  return (of) => {
    const found = known.get(of);
    if (found) return found.value;
    const value = compute(of);
    known.set(of, { value });
    return value;
  };
}
