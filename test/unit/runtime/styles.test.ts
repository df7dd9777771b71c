import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/model/json.ts';
import type { ParameterStyle } from '../../../lib/model/openapi.ts';
import { encodeReserved, percentEncode } from '../../../lib/runtime/request/encode.ts';
import { cookiePairs, headerText, pathText, queryPairs } from '../../../lib/runtime/request/styles.ts';

/** The examples of OpenAPI 3.1, "Style Examples". */
const empty = '';
const text = 'blue';
const list = ['blue', 'black', 'brown'];
const object = { R: 100, G: 200, B: 150 };

type Row = readonly [style: ParameterStyle, explode: boolean, value: Json, written: string];

describe('a path parameter', () => {
  it.each<Row>([
    ['simple', false, empty, ''],
    ['simple', true, empty, ''],
    ['simple', false, text, 'blue'],
    ['simple', true, text, 'blue'],
    ['simple', true, list, 'blue,black,brown'],
    ['label', true, empty, '.'],
    ['label', true, text, '.blue'],
    ['matrix', true, empty, ';color'],
    ['matrix', true, text, ';color=blue'],
    ['simple', false, list, 'blue,black,brown'],
    ['simple', false, object, 'R,100,G,200,B,150'],
    ['simple', true, object, 'R=100,G=200,B=150'],
    ['label', false, empty, '.'],
    ['label', false, text, '.blue'],
    ['label', false, list, '.blue,black,brown'],
    ['label', true, list, '.blue.black.brown'],
    ['label', false, object, '.R,100,G,200,B,150'],
    ['label', true, object, '.R=100.G=200.B=150'],
    ['matrix', false, empty, ';color'],
    ['matrix', false, text, ';color=blue'],
    ['matrix', false, list, ';color=blue,black,brown'],
    ['matrix', true, list, ';color=blue;color=black;color=brown'],
    ['matrix', false, object, ';color=R,100,G,200,B,150'],
    ['matrix', true, object, ';R=100;G=200;B=150'],
  ])('in style %s, explode %s, of %j', (style, explode, value, written) => {
    expect(pathText({ name: 'color', style, explode }, value, percentEncode)).toBe(written);
  });

  it('is percent-encoded, so that data never becomes structure', () => {
    const style = { name: 'id', style: 'simple', explode: false } as const;
    expect(pathText(style, 'a/b?c#d e,f', percentEncode)).toBe('a%2Fb%3Fc%23d%20e%2Cf');
    expect(pathText(style, 'a:b/c?d%2Fe', encodeReserved('path'))).toBe('a:b%2Fc%3Fd%2Fe');
  });
});

describe('a query parameter', () => {
  it.each<Row>([
    ['form', true, empty, 'color='],
    ['form', false, empty, 'color='],
    ['form', false, text, 'color=blue'],
    ['form', true, text, 'color=blue'],
    ['form', true, list, 'color=blue&color=black&color=brown'],
    ['form', true, object, 'R=100&G=200&B=150'],
    ['form', false, list, 'color=blue,black,brown'],
    ['form', false, object, 'color=R,100,G,200,B,150'],
    ['spaceDelimited', false, list, 'color=blue%20black%20brown'],
    ['spaceDelimited', false, object, 'color=R%20100%20G%20200%20B%20150'],
    ['spaceDelimited', true, list, 'color=blue&color=black&color=brown'],
    ['pipeDelimited', false, list, 'color=blue%7Cblack%7Cbrown'],
    ['pipeDelimited', false, object, 'color=R%7C100%7CG%7C200%7CB%7C150'],
    ['deepObject', true, object, 'color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150'],
    ['form', true, [], ''],
    ['form', false, {}, ''],
    ['form', true, { a: null, b: false, c: { d: [1] } }, 'b=false&c=%7B%22d%22%3A%5B1%5D%7D'],
    ['deepObject', true, { a: { b: 1 }, c: [1, 2] }, 'color%5Ba%5D%5Bb%5D=1&color%5Bc%5D=1&color%5Bc%5D=2'],
  ])('in style %s, explode %s, of %j', (style, explode, value, written) => {
    expect(queryPairs({ name: 'color', style, explode }, value, percentEncode).join('&')).toBe(written);
  });

  it('keeps reserved characters where that is allowed, but none that would end the value', () => {
    const style = { name: 'q', style: 'form', explode: true } as const;
    expect(queryPairs(style, 'a:b/c?d=e&f#g+h%41 %', encodeReserved('query'))).toEqual([
      'q=a:b/c?d=e%26f%23g%2Bh%41%20%25',
    ]);
  });

  it('is written although it holds half a surrogate pair', () => {
    expect(percentEncode('\ud800x')).toBe('%EF%BF%BDx');
  });
});

describe('a header and a cookie', () => {
  it.each<Row>([
    ['cookie', true, text, 'color=blue'],
    ['cookie', false, list, 'color=blue,black,brown'],
    ['cookie', true, list, 'color=blue; color=black; color=brown'],
    ['cookie', false, object, 'color=R,100,G,200,B,150'],
    ['cookie', true, object, 'R=100; G=200; B=150'],
    ['form', true, text, 'color=blue'],
  ])('cookie in style %s, explode %s, of %j', (style, explode, value, written) => {
    expect(cookiePairs({ name: 'color', style, explode }, value).join('; ')).toBe(written);
  });

  it('lets reserved characters of a cookie pass where they are allowed, but for those that end it', () => {
    const form = { name: 'c', style: 'form', explode: true } as const;
    expect(cookiePairs(form, 'a/b=c;d, e', encodeReserved('cookie'))).toEqual(['c=a/b=c%3Bd%2C%20e']);
  });

  it('are written without percent-encoding, a cookie of style `form` with it', () => {
    expect(headerText({ name: 'X', style: 'simple', explode: false }, ['a b', 'c'])).toBe('a b,c');
    expect(headerText({ name: 'X', style: 'simple', explode: true }, { a: 1, b: 'x' })).toBe('a=1,b=x');
    expect(cookiePairs({ name: 'c', style: 'form', explode: true }, ['a b', 'c'])).toEqual(['c=a%20b', 'c=c']);
    expect(cookiePairs({ name: 'c', style: 'cookie', explode: true }, { a: '1=2', b: 'x y' })).toEqual([
      'a=1=2',
      'b=x y',
    ]);
  });
});
