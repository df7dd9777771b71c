/** A path parameter MUST be one of the path's: there is no other place where it could go. */
import { pathNames } from '../link-parameters.ts';
import { callsOf, type Rule } from '../rule.ts';

export const pathParameterUnknown: Rule = (links, report) => {
  for (const { linked, target, title } of callsOf(links)) {
    const { message, path } = target.operation;
    const known = pathNames(path);
    // Who receives fills in no address; that has a rule of its own.
    const ofAddress = message?.action === 'receive' ? pathNames(message.address ?? '') : [];
    for (const { parameter, at, declared } of linked.parameters) {
      const { name, in: where } = parameter;
      if (where !== 'path' || declared !== undefined || [...known, ...ofAddress].includes(name)) continue;
      report('ARZ065', at, { name, operation: title, known });
    }
  }
};
