/**
 * Names the thing that a pointer leads to in the words of the reader: `timeout` of step "reserve", criterion 2 of step
 * "reserve", x-interlock.retry of source description "payments". The nearest ancestor that has a name of its own gives
 * the name; what lies between is written as a dotted path.
 */
import { segmentsOf } from '../diagnostics/place.ts';
import { quoted } from '../diagnostics/words.ts';
import { isObject, type Json, own } from '../model/json.ts';

/** What an item of such a list (or a member of such a map) is called, and the key that holds its name. */
const nouns: { readonly [list: string]: { readonly noun: string; readonly id?: string; readonly isMap?: true } } = {
  workflows: { noun: 'workflow', id: 'workflowId' },
  sourceDescriptions: { noun: 'source description', id: 'name' },
  steps: { noun: 'step', id: 'stepId' },
  parameters: { noun: 'parameter', id: 'name' },
  successActions: { noun: 'success action', id: 'name' },
  failureActions: { noun: 'failure action', id: 'name' },
  onSuccess: { noun: 'success action', id: 'name' },
  onFailure: { noun: 'failure action', id: 'name' },
  successCriteria: { noun: 'criterion' },
  criteria: { noun: 'criterion' },
  replacements: { noun: 'replacement' },
  systems: { noun: 'system', isMap: true },
};

export function subjectOf(root: Json, pointer: string): string {
  const { owner, path } = nearestOwner(root, segmentsOf(pointer));
  if (path.length === 0) return owner === '' ? 'the document' : owner;
  const dotted = `\`${path.join('.')}\``;
  return owner === '' ? dotted : `${dotted} of ${owner}`;
}

/** The words for the deepest item on the way that can be named, and the keys that lead on from it. */
function nearestOwner(root: Json, segments: readonly string[]): { owner: string; path: string[] } {
  let owner = '';
  let path: string[] = [];
  let value: Json | undefined = root;
  for (const [depth, segment] of segments.entries()) {
    const isIndex = Array.isArray(value);
    value = memberOf(value, segment);
    const list = nouns[segments[depth - 1] ?? ''];
    if (list && (isIndex || list.isMap)) {
      const name = list.isMap ? segment : list.id && isObject(value) ? own(value, list.id) : undefined;
      // An item without a name of its own is known by its number, in what holds it.
      owner = typeof name === 'string' ? `${list.noun} ${quoted(name)}` : numbered(list.noun, segment, owner);
      path = [];
    } else if (isIndex && path.length > 0) path.push(`${path.pop()}[${segment}]`);
    else path.push(segment);
  }
  return { owner, path };
}

function numbered(noun: string, index: string, holder: string): string {
  return `${noun} ${Number(index) + 1}${holder === '' ? '' : ` of ${holder}`}`;
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[])[Number(key)];
  return isObject(value) ? own(value, key) : undefined;
}
