/** Whether a value is of a type as JSON Schema names types (2020-12, section 6.1.1). */
import { isObject, type Json } from '../model/json.ts';

export function isOfType(value: Json, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
