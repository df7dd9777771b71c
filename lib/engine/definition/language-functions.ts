/** The names that a state's JSONata expression finds bound to functions: the library's own and those of Step Functions. */
const JSONATA = [
  'abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl',
  'decodeUrlComponent distinct each encodeUrl encodeUrlComponent error eval exists filter floor foldLeft formatBase',
  'formatInteger formatNumber fromMillis join keys length lookup lowercase map match max merge millis min not now',
  'number pad parseInteger power random reduce replace reverse round shuffle sift single sort split spread sqrt string',
  'substring substringAfter substringBefore sum toMillis trim type uppercase zip',
];

const STEP_FUNCTIONS = ['hash parse partition random range uuid'];

const NAMES: ReadonlySet<string> = new Set([...JSONATA, ...STEP_FUNCTIONS].flatMap((line) => line.split(' ')));

export function isLanguageFunction(name: string): boolean {
  return NAMES.has(name);
}
