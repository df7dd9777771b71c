/** What differs between the plans that stand and those that would: workflows and systems that come and go. */
import { expect, it } from 'vitest';
import { deployChanges } from '../../../lib/analyze/deploy-changes.ts';
import { renderDeployChanges } from '../../../lib/cli/render-deploy-changes.ts';
import type { Plan } from '../../../lib/model/plan.ts';

/** As much of a plan as is compared. */
function planned(
  workflowId: string,
  steps: { readonly [path: string]: string },
  more: object = {},
): Parameters<typeof deployChanges>[0][number] {
  const systems = Object.fromEntries(Object.values(steps).map((system) => [system, { name: system }]));
  const operations = Object.fromEntries(Object.values(steps).map((system) => [system, { system }]));
  const entries = Object.entries(steps).map(([path, system]) => [path, { path, operation: system }]);
  const plan = { workflowId, systems, operations, calls: {}, steps: Object.fromEntries(entries), ...more };
  return { plan: plan as unknown as Plan, planHash: JSON.stringify(plan) };
}

it('tells workflows that come, go, change and stay, by name', () => {
  const { workflows } = deployChanges(
    [planned('a', { x: 'one' }), planned('b', { x: 'one' }), planned('c', { x: 'one' })],
    [planned('d', { x: 'one' }), planned('c', { y: 'one' }), planned('b', { x: 'one' })],
  );
  expect(workflows.map(({ workflowId, change }) => `${workflowId} ${change}`)).toEqual([
    'a removed',
    'b same',
    'c changed',
    'd new',
  ]);
});

it('tells a step that changes by its operation or its undo from one that does not', () => {
  const undo = (path: string): object => ({ calls: { 'x#undo': { path } } });
  const [byOperation] = deployChanges(
    [planned('a', { x: 'one', y: 'one' })],
    [planned('a', { x: 'two', y: 'one' })],
  ).workflows;
  expect(byOperation).toMatchObject({ steps: { added: [], removed: [], changed: ['x'] } });
  const [byUndo] = deployChanges(
    [planned('a', { x: 'one' }, undo('/a'))],
    [planned('a', { x: 'one' }, undo('/b'))],
  ).workflows;
  expect(byUndo).toMatchObject({ steps: { changed: ['x'] }, beside: false });
});

it('tells what changes beside steps', () => {
  const [change] = deployChanges(
    [planned('a', { x: 'one' }, { deadlineMs: 1 })],
    [planned('a', { x: 'one' }, { deadlineMs: 2 })],
  ).workflows;
  expect(change).toMatchObject({ steps: { added: [], removed: [], changed: [] }, beside: true });
});

it('tells systems that no workflow calls any more, or for the first time', () => {
  const standing = [planned('a', { x: 'one', y: 'two' }), planned('b', { x: 'two' })];
  expect(deployChanges(standing, [planned('a', { x: 'one' }), planned('b', { x: 'two' })]).systems).toEqual({
    added: [],
    removed: [],
  });
  expect(deployChanges(standing, [planned('a', { x: 'three' })]).systems).toEqual({
    added: ['three'],
    removed: ['one', 'two'],
  });
});

it('tells that another mode is another machine, with which runs under way end', () => {
  const [standard, express] = ['standard', 'express'].map((mode) => [planned('a', { x: 'one' }, { mode })]);
  const changes = deployChanges(standard ?? [], express ?? []);
  expect(changes.workflows).toMatchObject([{ change: 'changed', replaced: true }]);
  expect(renderDeployChanges(changes)).toMatch(/runs under way {2}end with their machine/);
  const later = deployChanges(express ?? [], [planned('a', { x: 'one' }, { mode: 'express', deadlineMs: 1 })]);
  expect(later.workflows).toMatchObject([{ replaced: false }]);
  expect(renderDeployChanges(later)).toMatch(/runs under way {2}go on/);
});
