/**
 * A value as XML, by the `xml` hints of its schema (OpenAPI 3.1, XML Object; `nodeType` of 3.2). Built as a tree and
 * serialised by slimdom, which escapes and refuses what XML cannot hold. A member is an element of its name, an attribute
 * where it is said; a list repeats its element, inside one of its own where it is wrapped; null is left out. An element
 * without a namespace of its own is in its parent's default one, as what tools write is read.
 */
import { Document, type Element, serializeToWellFormedString } from 'slimdom';
import { isObject, type Json, type JsonObject, own } from '../../model/json.ts';
import { type Definitions, definitionName, partsOf } from '../../model/schema-members.ts';
import type { XmlText, XmlWriter } from './xml.ts';

export const xmlWriter: XmlWriter = {
  write(value, { schema, definitions, name }): XmlText {
    const root = rootName(schema, definitions) ?? name;
    if (root === undefined) return { ok: false, why: 'nothing names its root element: give its schema an `xml.name`' };
    try {
      const document = new Document();
      const writer = new Writer(document, definitions);
      const element = writer.element({ hints: hintsOf(schema, definitions), name: root, parent: undefined });
      writer.fill(element, value, schema);
      document.appendChild(element);
      return { ok: true, text: `<?xml version="1.0" encoding="UTF-8"?>${serializeToWellFormedString(document)}` };
    } catch (error) {
      if (error instanceof TooDeep) return { ok: false, why: `it is nested deeper than ${MAX_DEPTH} levels` };
      // A DOMException tells the kind of fault; its text might quote a value.
      return { ok: false, why: 'a name or a character in it is not one that XML allows, or a prefix has no namespace' };
    }
  },
};

const MAX_DEPTH = 200;
class TooDeep extends Error {}

interface Making {
  readonly hints: JsonObject;
  readonly name: string;
  readonly parent: Element | undefined;
}

class Writer {
  private readonly document: Document;
  private readonly definitions: Definitions;

  constructor(document: Document, definitions: Definitions) {
    this.document = document;
    this.definitions = definitions;
  }

  element({ hints, name, parent }: Making): Element {
    const named = text(own(hints, 'namespace'));
    const inherited = parent?.prefix === null ? parent.namespaceURI : null;
    return this.document.createElementNS(named ?? inherited, qualified(hints, name));
  }

  fill(element: Element, value: Json, schema: Json | undefined, depth = 0): void {
    if (depth > MAX_DEPTH) throw new TooDeep();
    if (Array.isArray(value)) return this.list(element, value, { schema, name: element.localName, hints: {}, depth });
    if (!isObject(value)) return this.text(element, value, {});
    const members = membersIn(schema, this.definitions);
    for (const [name, member] of Object.entries(value)) {
      if (member !== null) this.member(element, member, { name, schema: own(members, name), depth });
    }
  }

  private member(
    parent: Element,
    value: Json,
    { name, schema, depth }: { readonly name: string; readonly schema: Json | undefined; readonly depth: number },
  ): void {
    const hints = hintsOf(schema, this.definitions);
    const called = text(own(hints, 'name')) ?? name;
    const kind = own(hints, 'attribute') === true ? 'attribute' : own(hints, 'nodeType');
    if (kind === 'attribute') return this.attribute(parent, value, { hints, name: called });
    if (kind === 'text' || kind === 'cdata') return this.text(parent, value, hints);
    if (Array.isArray(value)) return this.list(parent, value, { schema, name, hints, depth });
    const element = this.element({ hints, name: called, parent });
    parent.appendChild(element);
    this.fill(element, value, schema, depth + 1);
  }

  /** The name of a list itself stands only around it; its elements have their own, else the member's. */
  private list(
    parent: Element,
    values: readonly Json[],
    {
      schema,
      name,
      hints,
      depth,
    }: { readonly schema: Json | undefined; readonly name: string; readonly hints: JsonObject; readonly depth: number },
  ): void {
    const items = own(facets(schema, this.definitions), 'items');
    const itemHints = hintsOf(items, this.definitions);
    const isWrapped = own(hints, 'wrapped') === true || own(hints, 'nodeType') === 'element';
    const around = text(own(hints, 'name')) ?? name;
    const holder = isWrapped ? this.element({ hints, name: around, parent }) : parent;
    if (isWrapped) parent.appendChild(holder);
    const called = text(own(itemHints, 'name')) ?? (isWrapped ? around : name);
    for (const value of values) {
      if (value === null) continue;
      const element = this.element({ hints: itemHints, name: called, parent: holder });
      holder.appendChild(element);
      this.fill(element, value, items, depth + 1);
    }
  }

  private attribute(
    element: Element,
    value: Json,
    { hints, name }: { readonly hints: JsonObject; readonly name: string },
  ): void {
    const namespace = text(own(hints, 'namespace')) ?? null;
    element.setAttributeNS(namespace, qualified(hints, name), scalar(value));
  }

  private text(element: Element, value: Json, hints: JsonObject): void {
    if (value === null) return;
    const isData = own(hints, 'nodeType') === 'cdata';
    element.appendChild(
      isData ? this.document.createCDATASection(scalar(value)) : this.document.createTextNode(scalar(value)),
    );
  }
}

function rootName(schema: Json | undefined, definitions: Definitions): string | undefined {
  const named = text(own(hintsOf(schema, definitions), 'name'));
  return named ?? (isObject(schema) ? definitionName(own(schema, '$ref')) : undefined);
}

function qualified(hints: JsonObject, name: string): string {
  const prefix = text(own(hints, 'prefix'));
  return prefix === undefined ? name : `${prefix}:${name}`;
}

function hintsOf(schema: Json | undefined, definitions: Definitions): JsonObject {
  const hints = own(facets(schema, definitions), 'xml');
  return isObject(hints) ? hints : {};
}

function facets(schema: Json | undefined, definitions: Definitions): JsonObject {
  const parts = schema === undefined ? [] : (partsOf(schema, definitions) ?? []);
  return Object.assign(Object.create(null) as object, ...[...parts].reverse()) as JsonObject;
}

function membersIn(schema: Json | undefined, definitions: Definitions): JsonObject {
  const parts = schema === undefined ? [] : (partsOf(schema, definitions) ?? []);
  const members = parts.map((part) => own(part, 'properties')).filter(isObject);
  return Object.assign(Object.create(null) as object, ...members.reverse()) as JsonObject;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function scalar(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
