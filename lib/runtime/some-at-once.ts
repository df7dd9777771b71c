/**
 * The same for each of many, a few at once: a store and a system have only so many hands. The first that fails keeps others
 * from being begun; what is under way then is waited for, so that nothing goes on behind the caller's back.
 */

/** Writes of one run at once: they may all meet at its header. */
export const MOST_WRITES = 10;

export async function someAtOnce<T, V>(
  all: readonly T[],
  most: number,
  act: (one: T) => Promise<V>,
): Promise<readonly V[]> {
  const results: V[] = [];
  const failed: { readonly why: unknown }[] = [];
  const waiting = all.entries();
  const hand = async (): Promise<void> => {
    for (const [index, one] of waiting) {
      if (failed.length > 0) return;
      try {
        results[index] = await act(one);
      } catch (why) {
        failed.push({ why });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, hand));
  const [first] = failed;
  if (first) throw first.why;
  return results;
}
