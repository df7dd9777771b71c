/**
 * Names in an emitted machine: state names (at most 80 characters, unique in the whole machine, nested ones included) and
 * variable names. A variable of a Parallel branch never has the name of an outer one: ASL forbids shadowing, and an
 * inner assignment could not reach the outer anyway (asl/semantics section 3). Deterministic: the first come keeps its
 * name, later ones are numbered.
 */
const MAX_STATE_NAME = 80;
const MAX_VARIABLE_NAME = 80;
const NUMBER_ROOM = 4;

/** Set by the machine itself, or reserved by the language. */
const TAKEN_VARIABLES = ['states', 'why', 's'];

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
    return new Names(TAKEN_VARIABLES, (wanted) => cut(identifier(wanted), MAX_VARIABLE_NAME));
  }

  /** The same wish gets the same name; another one never does. */
  of(wanted: string): string {
    const known = this.given.get(wanted);
    if (known !== undefined) return known;
    const base = this.fit(wanted);
    let name = base;
    for (let number = 2; this.used.has(name); number += 1) name = `${base}_${number}`;
    this.used.add(name);
    this.given.set(wanted, name);
    return name;
  }
}

function cut(name: string, length: number): string {
  const points = Array.from(name);
  return points.length <= length - NUMBER_ROOM ? name : points.slice(0, length - NUMBER_ROOM).join('');
}

/** `reserve-stock` -> `reserveStock`, `pay/capture` -> `pay_capture`: what JSONata reads as one name. */
function identifier(path: string): string {
  const camel = path.replace(/-+([\p{L}\p{N}])/gu, (_, letter: string) => letter.toUpperCase());
  const plain = camel.replace(/[^\p{L}\p{N}_]/gu, '_').replace(/^_+/, '');
  return /^\p{L}/u.test(plain) ? plain : `v${plain}`;
}
