/** JSON is read as strictly as RFC 8259 says, and every breach is told where it stands. */
import { describe, expect, it } from 'vitest';
import { documentOf, saidOf } from '../../support/reading.ts';

describe('JSON', () => {
  it('is read like JSON.parse reads it', () => {
    const text = ` {"a": [1, -0.5, 1e3, 2E-2, true, false, null, "", {}, []], "b\\n\\u0041\\/": {"": "\\ud83d\\ude00"}}\r\n\t `;
    expect(documentOf(text, 'a.json').root).toEqual(JSON.parse(text));
  });

  it.each([
    ['a number', '1'],
    ['a word', 'null'],
    ['a text', '"x"'],
    ['an empty list', '[]'],
  ])('may be %s alone', (_, text) => {
    // Only what begins like an object or a list is taken for JSON; the rest is YAML of the same meaning.
    expect(saidOf(text, 'a.json').root).toEqual(JSON.parse(text));
  });

  it('keeps names that mean something in JavaScript as names', () => {
    const { root } = documentOf('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3}', 'a.json');
    expect(Object.keys(root as object)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(root)).toBeNull();
    expect(({} as { readonly x?: unknown }).x).toBeUndefined();
  });

  const broken: readonly (readonly [string, string, string, string])[] = [
    ['a comma too many in an object', '{"a": 1,\n}', '2:1', 'a name in double quotes, found "}"'],
    ['a comma too many in a list', '[1,\n]', '2:1', 'a value, found "]"'],
    ['a missing comma in an object', '{"a": 1\n"b": 2}', '2:1', 'a comma or "}", found "\\""'],
    ['a missing comma in a list', '[1 2]', '1:4', 'a comma or "]", found "2"'],
    ['a missing colon', '{"a" 1}', '1:6', 'a colon, found "1"'],
    ['a missing value', '{"a": }', '1:7', 'a value, found "}"'],
    ['single quotes', "{'a': 1}", '1:2', 'a name in double quotes, found "\'"'],
    ['a name without quotes', '{a: 1}', '1:2', 'a name in double quotes, found "a"'],
    ['a comment', '{"a": 1} // x', '1:10', 'the end of the document, found "/"'],
    ['a second value', '{"a": 1} {"b": 2}', '1:10', 'the end of the document, found "{"'],
    ['a text that is not closed', '{"a": "x}', '1:10', 'a closing quote, found the end of the document'],
    ['an object that is not closed', '{"a": 1', '1:8', 'a comma or "}", found the end of the document'],
    ['nothing but an opening', '[', '1:2', 'a value, found the end of the document'],
    ['a line end in a text', '{"a": "x\ny"}', '1:9', 'a character of a text, found "\\n"'],
    ['an escape that there is not', '{"a": "\\x41"}', '1:8', 'an escape of JSON, found "\\\\"'],
    ['half an escape', '{"a": "\\u12"}', '1:8', 'an escape of JSON, found "\\\\"'],
    ['a number with a leading zero', '[01]', '1:2', 'a value, found "01"'],
    ['a number with a plus', '[+1]', '1:2', 'a value, found "+1"'],
    ['half a number', '[1.]', '1:2', 'a value, found "1."'],
    ['a number with letters', '[0x10]', '1:2', 'a value, found "0x10"'],
    ['not a number', '[NaN]', '1:2', 'a value, found "NaN"'],
    ['a word of other languages', '{"a": True}', '1:7', 'a value, found "True"'],
  ];

  it.each(broken)('fails with %s', (_, text, position, words) => {
    const { places, headlines, broken: isBroken, root } = saidOf(text, 'a.json');
    expect(places).toEqual([`DOC011 ${position}`]);
    expect(isBroken).toBe(true);
    expect(root).toBeNull();
    expect(headlines).toEqual([`JSON: expected ${words}`]);
  });

  it('that is none is read as YAML, unless the file is named .json', () => {
    const text = '{a: 1, b: [x, y,],}';
    expect(documentOf(text, 'a.yaml').root).toEqual({ a: 1, b: ['x', 'y'] });
    expect(saidOf(text, 'a.json').codes).toEqual(['DOC011']);
  });

  it('named .json that begins like YAML is read as YAML, with a warning', () => {
    expect(saidOf('a: 1\n', 'a.JSON')).toMatchObject({ root: { a: 1 }, places: ['DOC023 1:1'] });
  });

  it('has each name once in an object', () => {
    const { places, root, broken: isBroken } = saidOf('{"a": 1,\n "a": 2,\n "b": {"a": 3, "\\u0061": 4}}', 'a.json');
    expect(places).toEqual(['DOC014 2:2', 'DOC014 3:16']);
    expect(root).toEqual({ a: 1, b: { a: 3 } });
    expect(isBroken).toBe(false);
  });

  it('has finite numbers that stay what they are', () => {
    expect(saidOf('[1e400, -1e999]', 'a.json')).toMatchObject({
      codes: ['DOC021', 'DOC021'],
      root: ['1e400', '-1e999'],
    });
    expect(saidOf('[9007199254740993, 9007199254740992, 1e20, 0.1]', 'a.json').places).toEqual(['DOC022 1:2']);
  });
});
