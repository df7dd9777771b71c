/** The evaluator's functions and the service's: an unassigned variable of such a name is a function, not nothing. */
export const FUNCTION_NAMES: ReadonlySet<string> = new Set(
  [
    'abs append assert average boolean ceil clone contains count decodeUrl decodeUrlComponent distinct each encodeUrl',
    'encodeUrlComponent error exists filter floor formatBase formatInteger formatNumber fromMillis join keys length',
    'lookup lowercase map match max merge millis min not now number pad parseInteger power random reduce replace',
    'reverse round shuffle sift single sort split spread sqrt string substring substringAfter substringBefore sum',
    'toMillis trim type uppercase zip hash parse partition range uuid',
  ]
    .join(' ')
    .split(' '),
);
