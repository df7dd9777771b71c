/** Sets a key of the user's, which may be `__proto__`. */
import type { Json } from '../../model/json.ts';

export function setOwn(object: { [key: string]: Json }, key: string, value: Json): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
