/**
 * Text to a positioned document: YAML or JSON, whichever it is. Never throws for what the text says. A document with
 * an error of syntax keeps its text, for the code frame, and has `null` as its value: half a tree would only make the
 * rules complain about what the author did write.
 */
import { report } from '../diagnostics/report.ts';
import type { Diagnostic, Place, PositionedDocument } from '../model/diagnostic.ts';
import { treeFromJson, type TextResult } from './json-text.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { locateIn } from './locate.ts';
import { treeFromPlainYaml } from './plain-yaml.ts';
import type { Span, Tree } from './tree.ts';
import { treeFromYaml } from './yaml-text.ts';

export interface ReadDocumentResult {
  readonly document: PositionedDocument;
  /** Nothing could be made of the text: `document.root` is null, and an error says why. */
  readonly broken: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export function positionedFromText(uri: string, text: string, limits: Limits = defaultLimits): ReadDocumentResult {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const fault = unreadable(uri, clean, limits);
  const { tree, faults } = fault ? { tree: undefined, faults: [fault] } : treeFromText(uri, clean, limits);
  return { document: positioned(uri, clean, tree), broken: tree === undefined, diagnostics: faults };
}

function unreadable(uri: string, text: string, limits: Limits): Diagnostic | undefined {
  const whole: Place = { document: uri, pointer: '' };
  if (text.length > limits.characters) return report('DOC003', whole, { uri, limit: limits.characters });
  // Neither notation allows them, and the YAML library uses some as marks of its own.
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.exec(text);
  if (control) return report('DOC009', { ...whole, offset: control.index }, { code: control[0].charCodeAt(0) });
  return /\S/.test(text) ? undefined : report('DOC013', whole, { uri });
}

/** A file named .json is held to it: as YAML, a forgotten comma would still read as something. */
function treeFromText(uri: string, text: string, limits: Limits): TextResult {
  const isNamedJson = /\.json$/i.test(uri);
  if (!/^\s*[[{]/.test(text)) {
    const yaml = treeFromPlainYaml(uri, text, limits) ?? treeFromYaml(uri, text, limits);
    if (!isNamedJson) return yaml;
    return { ...yaml, faults: [report('DOC023', { document: uri, pointer: '', offset: 0 }, { uri }), ...yaml.faults] };
  }
  const json = treeFromJson(uri, text, limits);
  if (json.tree || isNamedJson || isLimit(json)) return json;
  return treeFromYaml(uri, text, limits);
}

/** Reading the same text as YAML would only reach the same limit, later. */
function isLimit({ faults }: TextResult): boolean {
  return faults.some(({ code }) => code === 'DOC016' || code === 'DOC017');
}

function positioned(uri: string, text: string, tree: Tree | undefined): PositionedDocument {
  const read: Tree = tree ?? { root: null, span: [0, text.length], parts: new WeakMap() };
  return { uri, text, root: read.root, locate: (place: Place): Span => locateIn(read, text, place) };
}
