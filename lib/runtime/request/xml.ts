/**
 * XML bodies, for those who have them: the library is loaded on demand, before a request is built, so that building stays
 * synchronous. How a value becomes XML is in xml-text.ts.
 */
import type { Json } from '../../model/json.ts';
import type { PlanCall, PlanOperation } from '../../model/plan.ts';
import { oncePer } from '../../model/once-per.ts';
import type { Definitions } from '../../model/schema-members.ts';
import { isXml } from './media-type.ts';

export type XmlText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

export interface XmlWriter {
  /** `name` of the root where the schema gives none. */
  write(
    value: Json,
    from: { readonly schema?: Json; readonly definitions: Definitions; readonly name?: string },
  ): XmlText;
}

export async function xmlWriterFor({ body }: PlanCall, operation: PlanOperation): Promise<XmlWriter | undefined> {
  if (!body || (!isXml(body.contentType ?? '') && !mayTakeXml(operation))) return undefined;
  const { xmlWriter } = await import('./xml-text.ts');
  return xmlWriter;
}

/** As its type, or in a part of it. */
const mayTakeXml = oncePer(({ body }: PlanOperation): boolean => {
  const content = body?.content ?? [];
  if (content.some(({ contentType }) => isXml(contentType))) return true;
  return JSON.stringify(content.map(({ encoding, schema }) => [encoding, schema])).includes('xml');
});
