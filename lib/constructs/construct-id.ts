import { callPlaceholder } from '../model/placeholders.ts';

/** `place-order` -> `WorkflowPlaceOrder`, the way placeholders are made. */
export function constructId(prefix: string, name: string): string {
  return callPlaceholder(name).replace(/^Call/, prefix);
}
