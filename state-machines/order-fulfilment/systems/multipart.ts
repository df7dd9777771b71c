/** A multipart/form-data body (RFC 7578) as its parts by name. The body is one character for each byte, and so is each part. */
import { Problem } from './problem.ts';

export function partsOf(contentType: string, body: string): Readonly<Record<string, string>> {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw unreadable('names no boundary');
  const sections = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (!sections.at(-1)?.startsWith('--')) throw unreadable('does not end with its boundary');
  return Object.fromEntries(sections.slice(1, -1).map(partOf));
}

function partOf(section: string): readonly [name: string, content: string] {
  const end = section.indexOf('\r\n\r\n');
  const name = /^content-disposition:\s*form-data;.*?\bname="([^"]*)"/im.exec(section.slice(0, Math.max(end, 0)))?.[1];
  if (name === undefined) throw unreadable('has a part without a name');
  return [name, section.slice(end + 4)];
}

function unreadable(why: string): Problem {
  return new Problem(400, 'invalid-multipart', `The body ${why}.`);
}
