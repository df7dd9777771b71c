/**
 * checkDescription: everything that can be said about a description without running it. Structure first (shape.ts,
 * policies), then links, then rules. Where the shape of a node is wrong, rules about that node stay quiet: its fault has
 * been said. Errors cannot be silenced. The reader's diagnostics are not among these; who reads adds them.
 */
import { silenced, sorted } from '../diagnostics/order.ts';
import type { Tools } from '../expressions/problems.ts';
import { loadRegex, usesRegex } from '../expressions/regex.ts';
import { loadXPath, usesXPath } from '../expressions/xpath.ts';
import type { Description } from '../model/description.ts';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import type { Links } from '../model/links.ts';
import { findings } from './finding.ts';
import { linkDescription } from './links.ts';
import { targetsOf } from './replacement-targets.ts';
import { rules } from './rules.ts';
import { checkPolicies } from './policy-check.ts';
import { checkStructure } from './structure.ts';
import { writtenSites } from './written.ts';

export interface CheckOptions {
  /** Codes of warnings and infos that are not wanted. */
  readonly silence?: ReadonlySet<string>;
}

export interface Checked {
  readonly links: Links;
  /** Sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Asynchronous only because patterns and XPath have libraries of their own, which are loaded when a document uses them. */
export async function checkDescription(description: Description, options: CheckOptions = {}): Promise<Checked> {
  const { links, diagnostics: unlinked } = linkDescription(description);
  const structure = links.descriptions.flatMap(structureOf);
  const isReadable = !structure.some(({ code }) => code === 'ARZ001');
  const meaning = isReadable ? [...unlinked, ...(await ruleDiagnostics(links))] : [];
  const all = [...structure, ...withoutEchoes(meaning, structure)];
  return { links, diagnostics: silenced(sorted(all, description.documents), options.silence ?? new Set()) };
}

function structureOf({ arazzo, documents }: Description): Diagnostic[] {
  const document = documents.get(arazzo.uri);
  return document === undefined ? [] : [...checkStructure(document), ...checkPolicies(document)];
}

async function ruleDiagnostics(links: Links): Promise<readonly Diagnostic[]> {
  const found = findings();
  const tools = await toolsFor(links);
  for (const rule of rules) rule(links, found.report, tools);
  return found.diagnostics;
}

/** What a document does not use is not loaded: a command would start later by it. */
async function toolsFor(links: Links): Promise<Tools> {
  const subjects = writtenSites(links).map(({ site }) => site.subject);
  if (subjects.some(usesRegex)) await loadRegex();
  const needsXPath =
    subjects.some(usesXPath) || targetsOf(links).some(({ parsed }) => parsed.ok && parsed.language.type === 'xpath');
  return needsXPath ? { xpath: await loadXPath() } : {};
}

/** A missing key is said at its object, whose other members are sound; any other fault of shape spoils what is below. */
const missingKey = 'ARZ003';

function withoutEchoes(diagnostics: readonly Diagnostic[], structure: readonly Diagnostic[]): Diagnostic[] {
  const broken = new Map<string, boolean>();
  for (const { severity, code, place } of structure) {
    if (severity !== 'error' || place === undefined) continue;
    const name = nameOf(place.document, place.pointer);
    broken.set(name, broken.get(name) === true || code !== missingKey);
  }
  return diagnostics.filter(({ place }) => place === undefined || !isEcho(place, broken));
}

/** By place: whether what is below is spoilt, too. */
function isEcho({ document, pointer }: Place, broken: ReadonlyMap<string, boolean>): boolean {
  if (broken.has(nameOf(document, pointer))) return true;
  for (let at = pointer.lastIndexOf('/'); at >= 0; at = pointer.lastIndexOf('/', at - 1)) {
    if (broken.get(nameOf(document, pointer.slice(0, at))) === true) return true;
    if (at === 0) return false;
  }
  return false;
}

function nameOf(document: string, pointer: string): string {
  return `${document} ${pointer}`;
}
