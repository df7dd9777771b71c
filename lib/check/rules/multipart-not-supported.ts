/**
 * A body of several parts is not built yet. Only a warning, although such a request is never sent: the other steps of the
 * description can be looked at all the same.
 */
import { callsOf, type CallOf, type Rule } from '../rule.ts';

export const multipartNotSupported: Rule = (links, report) => {
  for (const call of callsOf(links)) {
    const { requestBody, stepId } = call.linked.step;
    const contentType = requestBody?.contentType ?? declaredType(call);
    if (requestBody === undefined || contentType === undefined || !/^multipart\//i.test(contentType.trim())) continue;
    report('ARZ079', requestBody.at, { stepId, operation: call.title, contentType });
  }
};

/** What is sent where the step names no type: JSON where it may be, else the first. */
function declaredType({ target }: CallOf): string | undefined {
  const types = target.operation.requestBody?.content.map(({ contentType }) => contentType) ?? [];
  return types.find((type) => /[/+]json\b/.test(type)) ?? types[0];
}
