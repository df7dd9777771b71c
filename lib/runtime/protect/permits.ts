/** Who holds a permit, and until when: leases by holder. One whose time is over holds nothing, whoever it was. */
export type Holders = { readonly [holder: string]: number };

export type Granting =
  | { readonly granted: true; readonly holders: Holders }
  /** `freeAt`: when the first of the holders loses its lease, if none gives its permit back before. */
  | { readonly granted: false; readonly freeAt: number; readonly holders: Holders };

export function granting(
  known: Holders,
  {
    holder,
    at,
    until,
    limit,
  }: { readonly holder: string; readonly at: number; readonly until: number; readonly limit: number },
): Granting {
  const living = Object.entries(known).filter(([name, end]) => name !== holder && end > at);
  const holders = Object.fromEntries(living);
  if (living.length < limit) return { granted: true, holders: { ...holders, [holder]: until } };
  return { granted: false, freeAt: Math.min(...living.map(([, end]) => end)), holders };
}

export function without(known: Holders, holder: string): Holders {
  return Object.fromEntries(Object.entries(known).filter(([name]) => name !== holder));
}
