/** Files of a folder: its walls, its encodings, its bounds; the network only where that is allowed. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderFiles } from '../../../lib/embedded/file-source.ts';
import { decodedText } from '../../../lib/read/decoded-text.ts';
import { readDescription } from '../../../lib/read/description.ts';

const base = mkdtempSync(join(tmpdir(), 'interlock-files-'));
const root = join(base, 'inside');

beforeAll(() => {
  mkdirSync(join(root, 'sub'), { recursive: true });
  writeFileSync(join(root, 'a.yaml'), 'a: 1\n');
  writeFileSync(join(root, 'sub/b.yaml'), 'b: 1\n');
  writeFileSync(join(root, 'large.yaml'), 'x'.repeat(101));
  writeFileSync(join(base, 'secret.yaml'), 'secret: 1\n');
  mkdirSync(join(base, 'inside-too'));
  writeFileSync(join(base, 'inside-too/c.yaml'), 'c: 1\n');
  symlinkSync(join(base, 'secret.yaml'), join(root, 'link.yaml'));
  symlinkSync(base, join(root, 'up'));
  symlinkSync(join(root, 'a.yaml'), join(root, 'alias.yaml'));
  symlinkSync(join(root, 'loop'), join(root, 'loop'));
});
afterAll(() => rmSync(base, { recursive: true }));

describe('a folder', () => {
  it.each([
    ['a.yaml', 'a: 1\n'],
    ['sub/b.yaml', 'b: 1\n'],
    ['sub/../a.yaml', 'a: 1\n'],
    ['alias.yaml', 'a: 1\n'],
  ])('gives its file %s', async (uri, text) => {
    expect(await folderFiles({ root }).read(uri)).toEqual({ text });
  });

  it.each([
    ['the folder above', '../secret.yaml'],
    ['a folder whose name begins like its own', '../inside-too/c.yaml'],
    ['an absolute path', '/etc/passwd'],
    ['a link to a file outside', 'link.yaml'],
    ['a link to a folder outside', 'up/secret.yaml'],
    ['what is not there, outside', '../gone.yaml'],
  ])('keeps %s out', async (_, uri) => {
    expect(await folderFiles({ root }).read(uri)).toEqual({ problem: 'outside' });
  });

  it('lets them in where that is allowed', async () => {
    const files = folderFiles({ root, allowOutside: true });
    expect(await files.read('../secret.yaml')).toEqual({ text: 'secret: 1\n' });
    expect(await files.read('link.yaml')).toEqual({ text: 'secret: 1\n' });
    expect(await files.read('../gone.yaml')).toEqual({ problem: 'not-found' });
  });

  it.each([
    ['what is not there', 'gone.yaml', 'not-found'],
    ['a file taken for a folder', 'a.yaml/b', 'not-found'],
    ['a name that no file can have', `${'x'.repeat(300)}.yaml`, 'not-found'],
    ['a folder', 'sub', 'unreadable'],
    ['a link to itself', 'loop', 'unreadable'],
    ['a NUL character', 'a\0.yaml', 'unreadable'],
    ['another scheme', 'ftp://x.example/a', 'scheme-unsupported'],
    ['a name', 'urn:example:a', 'scheme-unsupported'],
    ['the network', 'https://x.example/a', 'network-off'],
  ])('tells %s', async (_, uri, problem) => {
    expect(await folderFiles({ root }).read(uri)).toMatchObject({ problem });
  });

  it('gives a file that is as large as may be, and no larger', async () => {
    expect(await folderFiles({ root, maxBytes: 101 }).read('large.yaml')).toHaveProperty('text');
    expect(await folderFiles({ root, maxBytes: 100 }).read('large.yaml')).toEqual({ problem: 'too-large' });
  });
});

describe('a reference out of the folder', () => {
  it.each([
    '../secret.yaml',
    '..%2fsecret.yaml',
    'up/secret.yaml',
    'file:///etc/passwd',
    '/etc/passwd',
    '..\\secret.yaml',
  ])('is refused however it is written: %s', async (url) => {
    const entry = `arazzo: 1.0.1\ninfo: { title: x, version: '1' }\nsourceDescriptions: [{ name: shop, url: '${url}' }]\nworkflows: []\n`;
    writeFileSync(join(root, 'w.arazzo.yaml'), entry);
    const { diagnostics, documents } = await readDescription('w.arazzo.yaml', folderFiles({ root }));
    expect(diagnostics.map(({ code }) => code)).toEqual(['DOC002']);
    expect([...documents.keys()]).toEqual(['w.arazzo.yaml']);
  });
});

describe('the bytes of a document', () => {
  it.each([
    ['UTF-8', Buffer.from('é😀')],
    ['UTF-8 with a mark', Buffer.from('\uFEFFé😀')],
    ['UTF-16, little end first', Buffer.from('\uFEFFé😀', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\uFEFFé😀', 'utf16le').swap16()],
  ])('may be %s', (_, bytes) => {
    expect(decodedText(bytes)).toEqual({ text: 'é😀' });
  });

  it.each([
    ['Windows-1252', Buffer.from([0x63, 0xe9])],
    ['half a character', Buffer.from([0xf0, 0x9f])],
    ['half of a pair in UTF-16', Buffer.from([0xff, 0xfe, 0x3d, 0xd8])],
    ['an odd byte in UTF-16', Buffer.from([0xff, 0xfe, 0x41])],
  ])('are not text when they are %s', (_, bytes) => {
    expect(decodedText(bytes)).toEqual({ problem: 'not-text' });
  });
});

describe('the network', () => {
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/a.yaml') response.end('a: 1\n');
      else if (request.url === '/moved') response.writeHead(302, { location: '/a.yaml' }).end();
      else if (request.url === '/circle') response.writeHead(302, { location: '/circle' }).end();
      else if (request.url === '/endless') {
        response.on('drain', () => response.write('x'.repeat(1_000)));
        response.write('x'.repeat(1_000_000));
      } else if (request.url === '/broken') response.writeHead(500).end();
      else if (request.url !== '/silent') response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is not asked unless it may be', async () => {
    expect(await folderFiles({ root }).read(`${origin}/a.yaml`)).toEqual({ problem: 'network-off' });
  });

  it.each([
    ['/a.yaml', { text: 'a: 1\n' }],
    ['/moved', { text: 'a: 1\n' }],
    ['/gone', { problem: 'not-found' }],
    ['/broken', { problem: 'unreadable', detail: 'The server answered 500' }],
    ['/endless', { problem: 'too-large' }],
  ])('answers %s', async (path, result) => {
    const files = folderFiles({ root, allowNetwork: true, maxBytes: 10_000 });
    expect(await files.read(origin + path)).toEqual(result);
  });

  it('that does not answer is given up', async () => {
    const files = folderFiles({ root, allowNetwork: true, networkTimeoutMs: 20 });
    const given = { problem: 'unreadable', detail: 'The server did not answer in time' };
    expect(await files.read(`${origin}/silent`)).toEqual(given);
  });

  it('that leads in a circle, or to nobody, is told', async () => {
    const files = folderFiles({ root, allowNetwork: true });
    expect(await files.read(`${origin}/circle`)).toMatchObject({ problem: 'unreadable' });
    expect(await files.read('http://127.0.0.1:1/a.yaml')).toMatchObject({ problem: 'unreadable' });
  });
});
