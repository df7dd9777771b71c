/**
 * Names that differ only in case and separators (`pet_id`, `petId`; `PAR`, `Par`). Where exactly one name is like a
 * wrong one, real documents mean it, and following it with a warning is safe; nearer guesses are only suggested.
 */
export function onlyAlike(name: string, candidates: Iterable<string>): string | undefined {
  const alike = [...new Set(candidates)].filter((candidate) => plain(candidate) === plain(name));
  return alike.length === 1 ? alike[0] : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, '');
}
