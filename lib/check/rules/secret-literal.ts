/** A credential written as a constant: an Authorization header, the key of an apiKey scheme, or what is named like one. */
import { bareExpressions } from '../../expressions/template.ts';
import { parseValue } from '../../expressions/values.ts';
import type { Parameter } from '../../model/arazzo.ts';
import type { ApiDocument } from '../../model/openapi.ts';
import { isApiKey } from '../provided-parameters.ts';
import { callsOf, type Rule } from '../rule.ts';

export const secretLiteral: Rule = (links, report) => {
  for (const { linked, target } of callsOf(links)) {
    for (const { parameter, valueAt } of linked.parameters) {
      if (isCredential(parameter, target.document) && isConstant(parameter)) {
        report('ARZ113', valueAt, { name: parameter.name });
      }
    }
  }
};

function isCredential({ name, in: where }: Parameter, document: ApiDocument): boolean {
  if (where === undefined) return false;
  if (where === 'header' && /^(proxy-)?authorization$/i.test(name)) return true;
  return (
    isApiKey({ name, in: where }, document) ||
    /^(x-)?(api-?key|auth-?token|access-?token)$/i.test(name.replaceAll('_', '-'))
  );
}

/** `Bearer $inputs.token` has forgotten its braces, and gives nothing away. */
function isConstant({ value }: Parameter): boolean {
  if (typeof value !== 'string' || value === '' || parseValue(value).kind !== 'literal') return false;
  return bareExpressions(value).length === 0;
}
