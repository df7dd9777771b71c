/**
 * A short text that a regular expression matches: the first alternative, each repetition as seldom as it may be, of each
 * class of characters the first that is in it. A word of patterns that is not known here, or a pattern that asks for too
 * much, gives nothing; whoever needs to be sure matches the text. Linear in the pattern and in the text that comes of it.
 */
const MAX_PATTERN = 4_096;
const MAX_TEXT = 10_000;
const MAX_DEPTH = 50;

export function textForPattern(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN) return undefined;
  const maker = new Maker(pattern);
  try {
    const text = maker.alternatives(0);
    return maker.isDone ? text : undefined;
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

class Unknown extends Error {}

/** Of the escapes that stand for many characters, one. */
const CLASSES: { readonly [letter: string]: string } = {
  d: '0',
  D: 'a',
  w: 'a',
  W: '-',
  s: ' ',
  S: 'a',
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  v: '\v',
  '0': '\0',
};
/** Candidates for what is not among the characters that a class excludes. */
const PLAIN = 'a0A-_ .bcdefghijklmnopqrstuvwxyz123456789BCDEFGHIJKLMNOPQRSTUVWXYZ';

class Maker {
  private readonly pattern: string;
  private at = 0;

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  get isDone(): boolean {
    return this.at >= this.pattern.length;
  }

  alternatives(depth: number): string {
    if (depth > MAX_DEPTH) throw new Unknown();
    const first = this.sequence(depth);
    // What the others say must be read, too.
    while (this.accept('|')) this.sequence(depth);
    return first;
  }

  private sequence(depth: number): string {
    let text = '';
    while (!this.isDone && this.peek() !== '|' && this.peek() !== ')') {
      text += this.repeated(this.one(depth));
      if (text.length > MAX_TEXT) throw new Unknown();
    }
    return text;
  }

  private one(depth: number): string {
    const character = this.take();
    switch (character) {
      case '^':
      case '$':
        return '';
      case '.':
        return 'a';
      case '(':
        return this.group(depth);
      case '[':
        return this.oneOf();
      case '\\':
        return this.escaped();
      case '*':
      case '+':
      case '?':
        throw new Unknown();
      default:
        return character;
    }
  }

  private group(depth: number): string {
    if (this.accept('?') && !this.accept(':')) {
      const name = /^P?<[A-Za-z_]\w*>/.exec(this.pattern.slice(this.at, this.at + 100))?.[0];
      if (name === undefined) throw new Unknown();
      this.at += name.length;
    }
    const text = this.alternatives(depth + 1);
    if (!this.accept(')')) throw new Unknown();
    return text;
  }

  private escaped(): string {
    const letter = this.take();
    if (letter === 'b' || letter === 'A' || letter === 'z' || letter === 'Z') return '';
    if (letter === 'u' || letter === 'x') return this.numbered(letter === 'u' ? 4 : 2);
    if (Object.hasOwn(CLASSES, letter)) return CLASSES[letter] ?? '';
    if (/[A-Za-z0-9]/.test(letter)) throw new Unknown();
    return letter;
  }

  private numbered(digits: number): string {
    const code = this.pattern.slice(this.at, this.at + digits);
    if (code.length < digits || !/^[0-9a-f]+$/i.test(code)) throw new Unknown();
    this.at += digits;
    return String.fromCharCode(Number.parseInt(code, 16));
  }

  private oneOf(): string {
    const excludes = this.accept('^');
    const members: string[] = [];
    do {
      members.push(this.member());
    } while (!this.accept(']'));
    const isIn = (candidate: string): boolean =>
      members.some((member) => (member.length === 3 ? isBetween(candidate, member) : matchesOne(member, candidate)));
    const [first = ''] = members;
    const known = excludes ? Array.from(PLAIN).find((one) => !isIn(one)) : firstIn(first);
    if (known === undefined) throw new Unknown();
    return known;
  }

  /** A character, two with a hyphen between them, or `\d` and the like as it is written. */
  private member(): string {
    const low = this.plainMember();
    if (this.peek() !== '-' || this.pattern.charAt(this.at + 1) === ']') return low;
    this.at += 1;
    return `${low}-${this.plainMember()}`;
  }

  private plainMember(): string {
    const character = this.take();
    if (character === '[' && this.peek() === ':') throw new Unknown();
    if (character !== '\\') return character;
    if (/[dDwWsS]/.test(this.peek())) return `\\${this.take()}`;
    if (this.accept('b')) return '\b';
    return this.escaped();
  }

  private repeated(text: string): string {
    const counted = /^\{(\d{1,5})(,\d{0,5})?\}/.exec(this.pattern.slice(this.at, this.at + 14));
    if (!counted && !/[*+?]/.test(this.peek())) return text;
    const least = counted ? Number(counted[1]) : this.peek() === '+' ? 1 : 0;
    this.at += counted?.[0].length ?? 1;
    if (!this.accept('?')) this.accept('+');
    if (text.length * least > MAX_TEXT) throw new Unknown();
    return text.repeat(least);
  }

  private take(): string {
    if (this.isDone) throw new Unknown();
    const character = this.peek();
    this.at += character.length;
    return character;
  }

  private peek(): string {
    const code = this.pattern.codePointAt(this.at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  private accept(character: string): boolean {
    if (this.isDone || this.peek() !== character) return false;
    this.at += character.length;
    return true;
  }
}

function firstIn(member: string): string | undefined {
  const isNamed = member.length === 2 && member.startsWith('\\');
  return isNamed ? CLASSES[member.charAt(1)] : Array.from(member)[0];
}

function isBetween(candidate: string, range: string): boolean {
  return candidate >= range.charAt(0) && candidate <= range.charAt(2);
}

const NAMED: { readonly [letter: string]: RegExp } = {
  d: /^\d$/,
  D: /^\D$/,
  w: /^\w$/,
  W: /^\W$/,
  s: /^\s$/,
  S: /^\S$/,
};

function matchesOne(member: string, candidate: string): boolean {
  return member.length === 2 && member.startsWith('\\')
    ? (NAMED[member.charAt(1)]?.test(candidate) ?? false)
    : member === candidate;
}
