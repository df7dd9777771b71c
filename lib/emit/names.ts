/**
 * Names in an emitted machine: state names (at most 80 characters, unique in the whole machine, nested ones included) and
 * variable names. A variable of a Parallel branch never has the name of an outer one: ASL forbids shadowing, and an
 * inner assignment could not reach the outer anyway (asl/semantics section 3). Deterministic: the first come keeps its
 * name, later ones are numbered.
 */
const MAX_STATE_NAME = 80;
const MAX_VARIABLE_NAME = 80;
/** `_` and a number up to 9,999. */
const NUMBER_ROOM = 5;

/** Set by the machine itself, or reserved by the language. */
const TAKEN_VARIABLES = ['states', 'why', 's'];

/**
 * Functions of JSONata and of Step Functions: a variable of such a name would hide the function, and before it is
 * assigned `$exists($count)` would find the function in its place.
 */
const FUNCTIONS =
  'abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent ' +
  'distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber ' +
  'fromMillis hash join keys length lookup lowercase map match max merge millis min not now number pad parse ' +
  'parseInteger partition power random range reduce replace reverse round shuffle sift single sort split spread sqrt ' +
  'string substring substringAfter substringBefore sum toMillis trim type uppercase uuid zip';

export class Names {
  private readonly used = new Set<string>();
  private readonly given = new Map<string, string>();
  private readonly fit: (wanted: string) => string;

  private constructor(taken: readonly string[], fit: (wanted: string) => string) {
    for (const name of taken) this.used.add(name);
    this.fit = fit;
  }

  static ofStates(): Names {
    return new Names([], (wanted) => cut(wanted, MAX_STATE_NAME));
  }

  static ofVariables(): Names {
    return new Names([...TAKEN_VARIABLES, ...FUNCTIONS.split(' ')], (wanted) =>
      cut(identifier(wanted), MAX_VARIABLE_NAME),
    );
  }

  /** The same key gets the same name; another key never does, whatever name it wants. */
  of(key: string, wanted: string): string {
    const known = this.given.get(key);
    if (known !== undefined) return known;
    const base = this.fit(wanted);
    let name = base;
    for (let number = 2; this.used.has(name); number += 1) name = `${base}_${number}`;
    this.used.add(name);
    this.given.set(key, name);
    return name;
  }
}

function cut(name: string, length: number): string {
  const points = Array.from(name);
  return points.length <= length - NUMBER_ROOM ? name : points.slice(0, length - NUMBER_ROOM).join('');
}

/** `reserve-stock` -> `reserveStock`, `pay/capture` -> `pay_capture`: what ASL takes for a variable's name. */
function identifier(path: string): string {
  const camel = path.replace(/-+([\p{L}\p{N}])/gu, (_, letter: string) => letter.toUpperCase());
  const plain = camel.replace(/[^\p{ID_Continue}]/gu, '_').replace(/^_+/, '');
  return /^\p{ID_Start}/u.test(plain) ? plain : `v${plain}`;
}
