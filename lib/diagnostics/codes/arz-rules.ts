/** The rules of Arazzo documents (ARZ030 and up), put together from their families. */
import { arzCallCodes } from './arz-calls.ts';
import { arzFlowCodes } from './arz-flow.ts';
import { arzNameCodes } from './arz-names.ts';
import { arzValueCodes } from './arz-values.ts';

export const arzRuleCodes: typeof arzNameCodes & typeof arzCallCodes & typeof arzFlowCodes & typeof arzValueCodes = {
  ...arzNameCodes,
  ...arzCallCodes,
  ...arzFlowCodes,
  ...arzValueCodes,
};
