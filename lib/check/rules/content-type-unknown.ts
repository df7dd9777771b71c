/** The content type of a body is one of the operation's, parameters such as `charset` aside. */
import { below } from '../../diagnostics/place.ts';
import { callsOf, type Rule } from '../rule.ts';

export const contentTypeUnknown: Rule = (links, report) => {
  for (const { linked, target, title } of callsOf(links)) {
    const { requestBody } = linked.step;
    const known = target.operation.requestBody?.content.map(({ contentType }) => contentType) ?? [];
    const contentType = requestBody?.contentType;
    if (requestBody === undefined || contentType === undefined || known.length === 0) continue;
    if (contentType.includes('$') || known.some((one) => covers(one, contentType))) continue;
    report('ARZ072', below(requestBody.at, 'contentType'), { contentType, operation: title, known });
  }
};

/** Whether a media type or range (`application/*`) of the operation stands for this one. */
function covers(range: string, contentType: string): boolean {
  const [wanted, offered] = [range, contentType].map((text) => (text.split(';')[0] ?? '').trim().toLowerCase());
  if (wanted === undefined || offered === undefined || wanted === '*/*') return true;
  return wanted.endsWith('/*') ? offered.startsWith(wanted.slice(0, -1)) : wanted === offered;
}
