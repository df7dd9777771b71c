/** How documents are called, and where a reference leads from one to another. */
import { describe, expect, it } from 'vitest';
import { documentUri, isWebUri, resolveUri, schemeOf, splitReference } from '../../../lib/read/uri.ts';

describe('a relative reference', () => {
  it.each([
    ['w.yaml', 'a.yaml', 'a.yaml'],
    ['w.yaml', './a.yaml', 'a.yaml'],
    ['x/w.yaml', 'a.yaml', 'x/a.yaml'],
    ['x/w.yaml', '../a.yaml', 'a.yaml'],
    ['x/y/w.yaml', '.././../a/./b.yaml', 'a/b.yaml'],
    ['w.yaml', '../a.yaml', '../a.yaml'],
    ['x/w.yaml', '../../../a.yaml', '../../a.yaml'],
    ['w.yaml', '', 'w.yaml'],
    ['w.yaml', 'a//b.yaml', 'a/b.yaml'],
    ['w.yaml', 'my%20api%231.yaml', 'my api#1.yaml'],
    ['w.yaml', '%2e%2e/a.yaml', '../a.yaml'],
    ['w.yaml', '..%2fa.yaml', '../a.yaml'],
    ['w.yaml', '50%.yaml', '50%.yaml'],
    ['w.yaml', 'a.yaml?v=2', 'a.yaml'],
    ['w.yaml', 'x\\a.yaml', 'x/a.yaml'],
    ['w.yaml', '/etc/passwd', '/etc/passwd'],
    ['w.yaml', '/a/../../b', '/b'],
    ['w.yaml', 'file:///etc/passwd', '/etc/passwd'],
    ['w.yaml', 'file://localhost/a.yaml', '/a.yaml'],
    ['w.yaml', 'FILE:///C:/a.yaml', 'C:/a.yaml'],
    ['w.yaml', 'C:\\a.yaml', 'C:/a.yaml'],
    ['w.yaml', 'urn:example:shop', 'urn:example:shop'],
    ['w.yaml', 'https://x.example/a.yaml', 'https://x.example/a.yaml'],
    ['w.yaml', 'https://x.example', 'https://x.example/'],
  ])('in %s, %s leads to %s', (base, reference, target) => {
    expect(resolveUri(base, reference)).toBe(target);
  });

  it.each([
    ['a.yaml', 'https://x.example/v1/a.yaml'],
    ['../a.yaml', 'https://x.example/a.yaml'],
    ['../../../a.yaml', 'https://x.example/a.yaml'],
    ['/a.yaml', 'https://x.example/a.yaml'],
    ['//y.example/a.yaml', 'https://y.example/a.yaml'],
    ['?v=2', 'https://x.example/v1/w.yaml?v=2'],
    ['http://y.example/a', 'http://y.example/a'],
  ])('in a document of the network, %s leads to %s', (reference, target) => {
    expect(resolveUri('https://x.example/v1/w.yaml', reference)).toBe(target);
  });

  it('in a document of the network never leads to this machine', () => {
    expect(schemeOf(resolveUri('https://x.example/w.yaml', 'file:///etc/passwd'))).toBe('file');
    expect(isWebUri(resolveUri('https://x.example/w.yaml', '/etc/passwd'))).toBe(true);
    expect(isWebUri(resolveUri('https://x.example/w.yaml', 'C:\\a'))).toBe(false);
  });
});

describe('a reference', () => {
  it.each([
    ['#/a', { uri: '', fragment: '/a' }],
    ['a.yaml', { uri: 'a.yaml', fragment: '' }],
    ['a.yaml#', { uri: 'a.yaml', fragment: '' }],
    ['a.yaml#/x%7By%7D~1z', { uri: 'a.yaml', fragment: '/x{y}~1z' }],
    ['a.yaml#anchor', { uri: 'a.yaml', fragment: 'anchor' }],
    ['#/50%', { uri: '', fragment: '/50%' }],
    ['#/a#b', { uri: '', fragment: '/a#b' }],
  ])('%s has a document and a fragment', (reference, parts) => {
    expect(splitReference(reference)).toEqual(parts);
  });
});

describe('the name that a caller gives a document', () => {
  it.each([
    ['./w.yaml', 'w.yaml'],
    ['x\\w.yaml', 'x/w.yaml'],
    ['my%20api.yaml', 'my%20api.yaml'],
    ['../w.yaml', '../w.yaml'],
    ['https://x.example/a/../w.yaml', 'https://x.example/w.yaml'],
    ['urn:x', 'urn:x'],
  ])('%s is %s: normalised, not decoded', (name, uri) => {
    expect(documentUri(name)).toBe(uri);
  });
});
