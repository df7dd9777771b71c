/** A schema in a few words, as a column of a table holds them: `string (uuid)`, `integer or null`, `list of object`. */
import { isObject, own } from '../../model/json.ts';
import { facetsOf } from '../fit/facets.ts';
import { kindWords } from '../fit/kinds.ts';
import type { Typed } from '../fit/typed.ts';

const MOST_VALUES = 3;

export function typeWords(typed: Typed): string {
  const { kinds, isTold, values, formats } = facetsOf(typed);
  if (!isTold) return '?';
  if (kinds.size === 0) return 'nothing';
  const listed = values?.filter((value) => value !== null);
  if (listed && listed.length > 0) {
    const shown = listed.slice(0, MOST_VALUES).map((value) => JSON.stringify(value).slice(0, 20));
    return `${shown.join(' | ')}${listed.length > MOST_VALUES ? ' | …' : ''}${kinds.has('null') ? ' or null' : ''}`;
  }
  const words = kindWords(kinds).replace('array', itemWords(typed));
  return formats && kinds.has('string') ? words.replace('string', `string (${formats.join(', ')})`) : words;
}

function itemWords({ schema, definitions }: Typed): string {
  const items = isObject(schema) ? own(schema, 'items') : undefined;
  if (items === undefined) return 'list';
  const { kinds, isTold } = facetsOf({ schema: items, definitions });
  return isTold ? `list of ${kindWords(kinds)}` : 'list';
}
