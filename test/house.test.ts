/** The architecture as a test: which way the rooms lean, what only some of them may touch, and what no file may hold. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, type SourceFile, sourceFiles } from './support/source-tree.ts';

const product = sourceFiles('bin', 'lib', 'lambdas');
const everything = [...product, ...sourceFiles('test', 'scripts', 'bench', 'state-machines')];

/** Room -> rooms it may import from. What is not named here is not allowed; a new room is added with its reason. */
const MAY_IMPORT: { readonly [room: string]: readonly string[] } = {
  'lib/model': [],
  'lib/diagnostics': ['lib/model'],
  'lib/expressions': ['lib/model'],
  'lib/read': ['lib/model', 'lib/diagnostics'],
  'lib/check': ['lib/model', 'lib/diagnostics', 'lib/read', 'lib/expressions'],
  'lib/plan': ['lib/model', 'lib/diagnostics', 'lib/check', 'lib/expressions'],
  'lib/emit': ['lib/model', 'lib/diagnostics', 'lib/plan'],
  // What handlers decide by (who may repeat, what was built on what) is asked, not written down again.
  'lib/analyze': ['lib/model', 'lib/diagnostics', 'lib/check', 'lib/expressions', 'lib/plan', 'lib/runtime'],
  // Plan and analysis as documents and drawings.
  'lib/report': ['lib/model', 'lib/diagnostics', 'lib/analyze'],
  'lib/engine': ['lib/model', 'lib/diagnostics', 'lib/expressions'],
  'lib/runtime': ['lib/model', 'lib/expressions'],
  'lib/simulate': ['lib/model', 'lib/expressions', 'lib/runtime'],
  // Calls as they are made in a run, and the order in which they are.
  'lib/verify': ['lib/model', 'lib/expressions', 'lib/runtime', 'lib/simulate'],
  'lib/rehearse': ['lib/model', 'lib/expressions', 'lib/engine', 'lib/runtime', 'lib/simulate'],
  // The run API as values over ports; who serves it is a host.
  'lib/api': ['lib/model', 'lib/runtime'],
  // The real clock and native fetch are Node's, on one machine and in a function alike.
  'lib/aws': ['lib/model', 'lib/runtime', 'lib/embedded', 'lib/api', 'lib/verify'],
  'lib/compile': ['lib/model', 'lib/diagnostics', 'lib/read', 'lib/check', 'lib/plan', 'lib/emit'],
  'lib/embedded': [
    'lib/compile',
    'lib/model',
    'lib/diagnostics',
    'lib/read',
    'lib/check',
    'lib/plan',
    'lib/emit',
    'lib/engine',
    'lib/runtime',
    'lib/simulate',
    'lib/verify',
    'lib/api',
  ],
  'lib/constructs': [
    'lib/compile',
    'lib/model',
    'lib/diagnostics',
    'lib/read',
    'lib/check',
    'lib/plan',
    'lib/emit',
    'lib/embedded',
    // The routes that its gateway is made of.
    'lib/api',
  ],
  'lib/cli': [
    'lib/analyze',
    'lib/report',
    'lib/verify',
    // What is deployed, and secrets that AWS keeps: loaded when `verify` is asked for them.
    'lib/aws',
    'lib/compile',
    'lib/model',
    'lib/diagnostics',
    'lib/read',
    'lib/check',
    'lib/plan',
    'lib/emit',
    'lib/engine',
    'lib/runtime',
    'lib/simulate',
    'lib/rehearse',
    'lib/embedded',
    'lib/expressions',
    'lib/api',
  ],
  lambdas: ['lib/model', 'lib/runtime', 'lib/aws', 'lib/embedded', 'lib/expressions', 'lib/api'],
  // The package's door: what somebody else's CDK app imports.
  'lib/public.ts': ['lib/constructs'],
  // The repository's own app bundles its handlers; the published package has them.
  // And puts up the systems of its example on request.
  bin: ['lib/cli', 'lib/constructs', 'lib/model', 'scripts', 'state-machines'],
};

/** Rooms that may touch the world: process, stdout, clock, randomness, timers, files, network. */
const HOSTS = ['bin', 'lib/cli', 'lib/console', 'lib/embedded', 'lib/aws', 'lib/constructs', 'lambdas'];

interface Ban {
  readonly what: RegExp;
  readonly instead: string;
}

const BANNED_OUTSIDE_HOSTS: readonly Ban[] = [
  { what: /\bprocess\.|from 'node:process'/, instead: 'a port: only hosts know the process' },
  { what: /\bDate\.now\(\)|\bnew Date\(\)|\bperformance\.now\(\)/, instead: 'the Clock port of lib/model/time.ts' },
  { what: /\bMath\.random\(\)|\brandomUUID\(|\brandomBytes\(/, instead: 'the Random port of lib/model/time.ts' },
  { what: /\bset(Timeout|Interval|Immediate)\(/, instead: 'the Clock port of lib/model/time.ts' },
  {
    what: /from 'node:(fs|net|http|https|child_process|os|worker_threads|sqlite)(\/promises)?'/,
    instead: 'a port with an adapter in lib/embedded or lib/aws',
  },
  { what: /(?<![.\w]|async )fetch\(/, instead: 'the HTTP port of lib/runtime/ports' },
  { what: /\bconsole\./, instead: 'a returned value: hosts print' },
];

const BANNED_EVERYWHERE: readonly Ban[] = [
  { what: /\bT[O]DO\b|\bFIX[M]E\b/, instead: 'the work itself, or a line in docs/decisions' },
  { what: /@ts-(ignore|nocheck|expect-error)/, instead: 'a type that is right, or a cast with its reason' },
  { what: /\b(it|test|describe)\.(skip|only|todo)\b/, instead: "an assertion of today's behaviour" },
  { what: /[:<|]\s*any\s*[;,)=>|[]|\bas any[;,)]/, instead: '`unknown` at borders, a type elsewhere' },
];

function offences(files: readonly SourceFile[], bans: readonly Ban[]): readonly string[] {
  return files.flatMap(({ path, text }) =>
    withoutComments(text)
      .split('\n')
      .flatMap((line, index) =>
        bans.flatMap(({ what, instead }) =>
          what.test(line) ? [`${path}:${index + 1} ${line.trim()} -> use ${instead}`] : [],
        ),
      ),
  );
}

function withoutComments(text: string): string {
  const blank = (comment: string): string => comment.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/(?<=^|[\s;{}(,])\/\/.*$/gm, blank);
}

describe('the house', () => {
  it('lets every room import only what lies below it', () => {
    const wrong = product.flatMap(({ path, room, imports }) =>
      imports.flatMap(({ file }) => {
        const target = file === undefined ? room : roomOf(file);
        return target === room || MAY_IMPORT[room]?.includes(target)
          ? []
          : [`${path} imports ${file}: ${room} may not lean on ${target}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('has no cycle of value imports', () => {
    expect(cyclesOf(product)).toEqual([]);
  });

  it('touches the world only in its hosts', () => {
    expect(
      offences(
        product.filter(({ room }) => !HOSTS.includes(room)),
        BANNED_OUTSIDE_HOSTS,
      ),
    ).toEqual([]);
  });

  it('leaves nothing half done and nothing unchecked', () => {
    expect(
      offences(
        everything.filter(({ path }) => path !== 'test/house.test.ts'),
        BANNED_EVERYWHERE,
      ),
    ).toEqual([]);
  });

  it('imports aws-cdk-lib only in constructs and bin', () => {
    expect(importersOf(/^(aws-cdk-lib|constructs)(\/|$)/, ['lib/constructs', 'bin'])).toEqual([]);
  });

  it('imports a YAML parser only in the reader', () => {
    expect(importersOf(/^yaml$/, ['lib/read'])).toEqual([]);
  });

  it('imports the AWS SDK only in its adapters and handlers', () => {
    expect(importersOf(/^@aws-(sdk|lambda-powertools)\//, ['lib/aws', 'lambdas'])).toEqual([]);
  });

  it('has no barrel: import the file you mean', () => {
    expect(
      product.filter(({ path }) => path.startsWith('lib/') && path.endsWith('/index.ts')).map(({ path }) => path),
    ).toEqual([]);
  });

  it('has no category names: a file is called after what it gives', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|misc|manager)([-./]|$)/;
    expect(everything.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });

  it('opens every file of more than 40 lines with what it gives', () => {
    const silent = product.filter(({ text }) => text.split('\n').length > 40 && !/^(#!.*\n)?\/\*\*/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('has no dead file: everything in lib is reached from a host, a test or a script', () => {
    const entries = [
      ...everything.filter(({ room }) => !room.startsWith('lib/')),
      ...product.filter(({ path }) => path === 'lib/public.ts'),
      // A thread is started by its URL.
      ...product.filter(({ path }) => path.endsWith('-worker.ts')),
    ];
    const reached = new Set<string>();
    const byPath = new Map(everything.map((file) => [file.path, file]));
    const pending = [...entries];
    for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
      if (reached.has(file.path)) continue;
      reached.add(file.path);
      for (const { file: imported } of file.imports) {
        const next = imported === undefined ? undefined : byPath.get(imported);
        if (next) pending.push(next);
      }
    }
    expect(product.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
  });

  it('has no dead link in its documents', () => {
    const pages = ['README.md', ...markdownBelow('docs')];
    const dead = pages.flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].flatMap(([, link = '']) =>
        /^[a-z]+:/.test(link) || existsSync(join(ROOT, dirname(page), decodeURI(link))) ? [] : [`${page} -> ${link}`],
      ),
    );
    expect(dead).toEqual([]);
  });
});

function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'lib' ? `lib/${second}` : first;
}

function importersOf(what: RegExp, allowed: readonly string[]): readonly string[] {
  return product
    .filter(({ room, imports }) => !allowed.includes(room) && imports.some(({ specifier }) => what.test(specifier)))
    .map(({ path }) => path);
}

function markdownBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length));
}

/** Strongly connected files over value imports, found by depth-first search; type imports vanish at run time. */
function cyclesOf(files: readonly SourceFile[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path) || trail.includes(path)) return;
    for (const { file, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (!typeOnly && file !== undefined && byPath.has(file)) visit(file, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return cycles;
}
