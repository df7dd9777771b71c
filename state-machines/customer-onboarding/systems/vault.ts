/** Vault: papers of customers, each a form with a file (vault.openapi.yaml). It keeps how large they are, and not what they say. */
import type { Clock } from '../../../lib/model/time.ts';
import { apiKeyGuard } from '../../order-fulfilment/systems/auth.ts';
import { createLedger } from '../../order-fulfilment/systems/ledger.ts';
import { Problem } from '../../order-fulfilment/systems/problem.ts';
import { createRecords, type Records } from '../../order-fulfilment/systems/records.ts';
import { type Answer, type Call, param } from '../../order-fulfilment/systems/router.ts';
import { oneOf, readBody, readQuery, record, text } from '../../order-fulfilment/systems/shape.ts';
import type { System } from '../../order-fulfilment/systems/system.ts';

interface Paper {
  readonly paperId: string;
  readonly owner: string;
  readonly kind: string;
  readonly bytes: number;
  readonly idempotencyKey: string | null;
  readonly isGone: boolean;
}

const paperRequest = record<{ owner: string; kind: string; file: string }>({
  owner: text({ max: 40 }),
  kind: oneOf('passport', 'identity-card', 'proof-of-address'),
  file: text({ max: 60_000 }),
});
const byKey = record<{ idempotencyKey: string }>({ idempotencyKey: text({ max: 255 }) });

export function createVault({ clock, key }: { readonly clock: Clock; readonly key: string }): System {
  const papers: Records<Paper> = createRecords('pap');
  const ledger = createLedger(clock);
  const store = (call: Call): Answer => {
    const { owner, kind, file } = readBody(paperRequest, call.body);
    const about = { owner, kind, bytes: file.length, idempotencyKey: call.idempotencyKey ?? null, isGone: false };
    const kept = papers.add((paperId) => ({ paperId, ...about }));
    ledger.applied(call, { kind: 'paper', id: kept.paperId, order: owner });
    return { status: 201, body: shown(kept) };
  };
  const list = (call: Call): Answer => {
    const { idempotencyKey } = readQuery(byKey, call.query);
    const found = papers.list().filter((one) => one.idempotencyKey === idempotencyKey && !one.isGone);
    return { status: 200, body: { papers: found.map(shown) } };
  };
  const shred = (call: Call): Answer => {
    const paper = papers.get(param(call, 'paperId'));
    if (paper.isGone) throw new Problem(404, 'not-found', `The paper ${paper.paperId} is gone.`);
    papers.replace(paper.paperId, { ...paper, isGone: true });
    ledger.undone(call, { kind: 'paper', id: paper.paperId, order: paper.owner });
    return { status: 204 };
  };
  return {
    name: 'vault',
    guard: apiKeyGuard('X-Vault-Key', key),
    ledger,
    routes: [
      { method: 'GET', path: '/health', operation: 'getVaultHealth', open: true, handle: () => ({ status: 200 }) },
      { method: 'POST', path: '/papers', operation: 'storePaper', handle: store },
      { method: 'GET', path: '/papers', operation: 'listPapers', handle: list },
      { method: 'DELETE', path: '/papers/{paperId}', operation: 'shredPaper', handle: shred },
    ],
    snapshot: () => ({ papers: papers.list() }),
    reset: () => papers.clear(),
  };
}

function shown({ paperId, owner, kind, bytes }: Paper): object {
  return { paperId, owner, kind, bytes };
}
