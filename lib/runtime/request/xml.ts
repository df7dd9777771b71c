/**
 * XML bodies, for those who have them: the library is loaded on demand, before a request is built, so that building stays
 * synchronous. How a value becomes XML is in xml-text.ts.
 */
import type { Json } from '../../model/json.ts';
import type { PlanCall, PlanOperation } from '../../model/plan.ts';
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
  const content = operation.body?.content ?? [];
  const types = [body?.contentType ?? '', ...content.map(({ contentType }) => contentType)];
  const inParts = JSON.stringify(content.map(({ encoding, schema }) => [encoding, schema])).includes('xml');
  if (!body || (!types.some(isXml) && !inParts)) return undefined;
  const { xmlWriter } = await import('./xml-text.ts');
  return xmlWriter;
}
