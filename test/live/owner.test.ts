/** The owner of a data folder dies without a word (SIGKILL): its client takes over, and every run goes on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFolder } from '../../lib/embedded/data-folder.ts';
import { openSession } from '../../lib/embedded/session.ts';
import { ROOT } from '../support/source-tree.ts';
import { writeSmallFlow } from '../support/small-flow.ts';

interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly error: string }>;
}

describe('the owner of a data folder', () => {
  let root: string;
  let server: Server;
  /** Requests that wait for their answer, by item. */
  let held: Map<string, ServerResponse[]>;
  let arrivals: EventEmitter;
  let started: ChildProcess[];
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'interlock-owner-'));
    writeSmallFlow(join(root, 'flow'));
    held = new Map();
    arrivals = new EventEmitter();
    started = [];
    server = createServer((request, response) => {
      const item = request.url?.split('/').at(-1) ?? '';
      held.set(item, [...(held.get(item) ?? []), response]);
      arrivals.emit('request');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    for (const child of started) child.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
    rmSync(root, { recursive: true, force: true });
  });

  function interlock(...words: readonly string[]): Command {
    const child = spawn(process.execPath, [join(ROOT, 'bin/interlock.js'), ...words, '--data', join(root, 'data')], {
      env: { PATH: process.env['PATH'] ?? '', HOME: root },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    let [out, error] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text;
    });
    return { child, ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, out, error }))) };
  }

  function run(id: string): Command {
    const { port } = server.address() as AddressInfo;
    const words = ['run', join(root, 'flow'), '--server', `shop=http://127.0.0.1:${port}`];
    return interlock(...words, '--id', id, '--input', JSON.stringify({ id }), '--json');
  }

  /** Waits until so many requests for an item have come. */
  async function asked(item: string, times: number): Promise<void> {
    while ((held.get(item)?.length ?? 0) < times) await once(arrivals, 'request');
  }

  function answerAll(): void {
    for (const response of [...held.values()].flat()) {
      if (response.writableEnded || response.destroyed) continue;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"last","next":"last"}');
    }
  }

  test('is killed: its client goes on with its own run and with those that the owner had begun', async () => {
    const owner = run('one');
    await asked('one', 1);
    const client = run('two');
    await asked('two', 1);
    owner.child.kill('SIGKILL');
    expect((await owner.ended).out).toBe('');
    await Promise.all([asked('one', 2), asked('two', 2)]);
    answerAll();
    await asked('last', 1);
    const answering = setInterval(answerAll, 5);
    const said = await client.ended;
    expect(said.error).toContain('going on with');
    expect([said.code, JSON.parse(said.out)]).toMatchObject([0, { runId: 'two', status: 'succeeded' }]);
    const again = await run('one').ended;
    clearInterval(answering);
    expect([again.code, JSON.parse(again.out)]).toMatchObject([0, { runId: 'one', status: 'succeeded' }]);
    const listed = await interlock('runs', '--json').ended;
    expect(JSON.parse(listed.out)).toMatchObject({ runs: [{ runId: 'two' }, { runId: 'one' }] });
  }, 60_000);

  test('that holds the folder and never answers is not waited for without end', async () => {
    const silent = claimFolder(join(root, 'data'));
    const opening = openSession({ folder: join(root, 'data'), variables: {}, recover: true });
    await expect(opening).rejects.toMatchObject({
      code: 'owner-silent',
      kind: 'world',
      remedy: expect.stringContaining('--data'),
    });
    silent?.close();
  }, 60_000);
});
