/** One data folder and several sessions on it: the first owns it, the others are its clients, and nobody sees a difference. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFolder, socketPath } from '../../../lib/embedded/data-folder.ts';
import type { Placement } from '../../../lib/embedded/prepare-run.ts';
import { openSession, type RunAsked, type RunEnded, type Session } from '../../../lib/embedded/session.ts';
import { WireClient } from '../../../lib/embedded/wire.ts';
import type { RunEvent } from '../../../lib/model/run.ts';
import { writeSmallFlow } from '../../support/small-flow.ts';

const PAGE = { limit: 10 };

describe('a data folder with several sessions', () => {
  let root: string;
  let folder: string;
  let sessions: Session[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'interlock-session-'));
    folder = join(root, 'data');
    writeSmallFlow(join(root, 'flow'));
    sessions = [];
  });
  afterEach(async () => {
    // Clients first: an owner that has gone is taken over by those that still ask.
    for (const session of sessions.toReversed()) await session.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function open(): Promise<Session> {
    const session = await openSession({ folder, variables: {}, recover: true });
    sessions.push(session);
    return session;
  }

  function placement(): Placement {
    return {
      folder: join(root, 'flow'),
      entry: 'flow.arazzo.yaml',
      workflowId: 'two-reads',
      environment: 'local',
      servers: {},
      simulate: true,
      allowOutside: false,
      allowNetwork: false,
    };
  }

  function asking(runId: string, more: Partial<RunAsked> = {}): RunAsked {
    return { placement: placement(), input: { id: 'a' }, actor: 'somebody', runId, variables: {}, ...more };
  }

  async function run(session: Session, runId: string): Promise<readonly [RunEnded, readonly RunEvent[]]> {
    const events: RunEvent[] = [];
    const ended = await session.run(asking(runId), (event) => events.push(event));
    return [ended, events];
  }

  test('runs for the second one as for the first, with the events of its own run', async () => {
    const owner = await open();
    const client = await open();
    const [[own, ownEvents], [asked, askedEvents]] = await Promise.all([run(owner, 'r1'), run(client, 'r2')]);
    for (const ended of [own, asked]) expect(ended).toMatchObject({ kind: 'ended', view: { status: 'succeeded' } });
    expect(new Set(ownEvents.map(({ runId }) => runId))).toEqual(new Set(['r1']));
    expect(new Set(askedEvents.map(({ runId }) => runId))).toEqual(new Set(['r2']));
    expect(askedEvents.map(({ type }) => type)).toEqual(ownEvents.map(({ type }) => type));
  });

  test('shows every session the same runs and views', async () => {
    const owner = await open();
    const client = await open();
    await run(client, 'r1');
    const page = await owner.list(PAGE);
    expect(page.runs.map(({ runId }) => runId)).toEqual(['r1']);
    expect(await client.list(PAGE)).toEqual(page);
    const view = await owner.view('r1');
    expect([await client.view('r1'), await client.view('none'), await owner.view('none')]).toEqual([view, null, null]);
  });

  test('answers the same run id and input again with the run that is, from whichever session', async () => {
    const owner = await open();
    const client = await open();
    const [first] = await run(owner, 'r1');
    const [again] = await run(client, 'r1');
    expect(again).toEqual(first);
    await expect(client.run(asking('r1', { input: { id: 'b' } }), () => undefined)).rejects.toMatchObject({
      code: 'run-conflict',
      kind: 'usage',
    });
  });

  test('carries to a client what is wrong with what it asked for', async () => {
    await open();
    const client = await open();
    const invalid = await client.run(asking('r1', { input: { id: 7 } }), () => undefined);
    expect(invalid).toMatchObject({ kind: 'invalid', problems: [{ pointer: '/id' }] });
    const nowhere = { ...placement(), entry: 'none.yaml' };
    const broken = client.run(asking('r2', { placement: nowhere }), () => undefined);
    await expect(broken).rejects.toMatchObject({ name: 'Failure' });
  });

  test('goes over to a client when its owner lets go, and the next session is a client of that', async () => {
    const owner = await open();
    const client = await open();
    await run(owner, 'r1');
    sessions.shift();
    await owner.close();
    expect(claimFolder(folder)?.close()).toBeUndefined();
    const [ended] = await run(client, 'r2');
    expect(ended).toMatchObject({ kind: 'ended', view: { status: 'succeeded' } });
    expect(claimFolder(folder)).toBeUndefined();
    const third = await open();
    expect((await third.list(PAGE)).runs.map(({ runId }) => runId)).toEqual(['r2', 'r1']);
  });

  test('is kept by its owner until what clients asked for has ended', async () => {
    const owner = await open();
    const client = await open();
    const asked = run(client, 'r1');
    // The call has reached the owner once the run is listed.
    while ((await owner.list(PAGE)).runs.length === 0) await new Promise((resolve) => setImmediate(resolve));
    sessions.shift();
    await owner.close();
    expect((await asked)[0]).toMatchObject({ kind: 'ended', view: { runId: 'r1', status: 'succeeded' } });
  });

  test('survives a client that asks for nonsense and one that leaves in the middle', async () => {
    const owner = await open();
    const rough = await WireClient.connect(socketPath(folder));
    await expect(rough?.call('run', null, () => undefined)).rejects.toMatchObject({ code: 'owner-bug' });
    await expect(rough?.call('run', { placement: [] }, () => undefined)).rejects.toMatchObject({ name: 'Failure' });
    await expect(rough?.call('list', null, () => undefined)).rejects.toMatchObject({ name: 'Failure' });
    expect(await rough?.call('view', { deep: [] }, () => undefined)).toBeNull();
    const left = rough?.call('run', asking('r1'), () => rough.close());
    await left?.catch(() => undefined);
    expect((await run(owner, 'r2'))[0]).toMatchObject({ kind: 'ended', view: { status: 'succeeded' } });
    expect((await owner.list(PAGE)).runs.map(({ runId }) => runId)).toEqual(['r2', 'r1']);
  });
});
