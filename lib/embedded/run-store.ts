/** What one machine keeps beside journal and engine log: plans by hash, each run's place, and the dead letters. */
import type { CompiledWorkflow } from '../compile/compile.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { PLAN_FORMAT, type Plan } from '../model/plan.ts';
import { FINAL_PHASES } from '../runtime/ports/journal.ts';
import type { Plans } from '../runtime/ports/plans.ts';
import { type Database, parsed } from './database.ts';

/** A message of the dead-letter queue. */
export interface DeadLetter {
  readonly id: string;
  readonly at: number;
  /** JSON, as lib/runtime/letter.ts writes it. */
  readonly message: string;
}

export interface Unfinished {
  readonly runId: string;
  readonly epoch: number;
  readonly planHash: string;
  readonly kept: Json;
}

export class RunStore implements Plans {
  private readonly database: Database;
  private readonly cached = new Map<string, Plan>();

  constructor(database: Database) {
    this.database = database;
  }

  /** Plan and machine stay as they were when the first run of them began. */
  async keepWorkflow({ planHash, plan, machine, undoMachine }: CompiledWorkflow): Promise<void> {
    if (this.cached.has(planHash)) return;
    await Promise.all([
      this.putOnce('plans', planHash, plan),
      this.putOnce('machines', planHash, machine),
      this.putOnce('undo-machines', planHash, undoMachine),
    ]);
    this.cached.set(planHash, plan);
  }

  async workflow(planHash: string): Promise<CompiledWorkflow> {
    const plan = await this.plan(planHash);
    const machine = this.get<StateMachineDefinition>('machines', planHash);
    const undoMachine = this.get<StateMachineDefinition>('undo-machines', planHash);
    if (!machine || !undoMachine)
      throw new Failure('plan-unknown', `The machines of plan ${planHash} are not kept in ${this.database.path}`);
    return { workflowId: plan.workflowId, plan, planHash, machine, undoMachine };
  }

  plan(hash: string): Promise<Plan> {
    const plan = this.cached.get(hash) ?? this.readPlan(hash);
    this.cached.set(hash, plan);
    return Promise.resolve(plan);
  }

  private readPlan(hash: string): Plan {
    const plan = this.get<Plan>('plans', hash);
    if (!plan) throw new Failure('plan-unknown', `The plan ${hash} is not kept in ${this.database.path}`);
    if (plan.planFormat !== PLAN_FORMAT) {
      throw new Failure(
        'plan-format',
        `The plan ${hash} has format ${String(plan.planFormat)}, this version reads ${PLAN_FORMAT}`,
        {
          remedy: 'Use the version of Interlock that the run was started with.',
        },
      );
    }
    return plan;
  }

  async keepPlace(runId: string, place: Json): Promise<void> {
    await this.putOnce(`R#${runId}`, 'place', place);
  }

  /** What was kept of where a run calls its systems. */
  place(runId: string): Json | undefined {
    return this.get<Json>(`R#${runId}`, 'place');
  }

  /** Every run that has not reached its end, with what was kept of its place. */
  unfinished(): readonly Unfinished[] {
    const final = FINAL_PHASES.map((phase) => `'${phase}'`).join(', ');
    const rows = this.database.all(`SELECT run_id, epoch, plan_hash FROM runs WHERE phase NOT IN (${final})`);
    return rows.flatMap((row) => {
      const runId = String(row['run_id']);
      const kept = this.get<Json>(`R#${runId}`, 'place');
      const planHash = String(row['plan_hash']);
      return kept === undefined ? [] : [{ runId, kept, planHash, epoch: Number(row['epoch']) }];
    });
  }

  /** Answers with the message's id. */
  async sendDeadLetter(queue: string, message: string, at: number, id: string): Promise<string> {
    await this.putOnce(`Q#${queue}`, `${String(at).padStart(16, '0')}#${id}`, { id, at, message });
    return id;
  }

  /** Oldest first. */
  deadLetters(): readonly DeadLetter[] {
    const rows = this.database.all("SELECT body FROM items WHERE pk >= 'Q#' AND pk < 'Q$' ORDER BY pk, sk");
    return rows.flatMap((row) => parsed<DeadLetter>(row) ?? []);
  }

  /** False: there is no such letter (any more). */
  async discardLetter(id: string): Promise<boolean> {
    const removed = await this.database.write(() =>
      this.database.run("DELETE FROM items WHERE pk >= 'Q#' AND pk < 'Q$' AND json_extract(body, '$.id') = ?", id),
    );
    return removed > 0;
  }

  private putOnce(pk: string, sk: string, body: unknown): Promise<void> {
    const text = JSON.stringify(body);
    return this.database.write(() => {
      this.database.run('INSERT OR IGNORE INTO items VALUES (?, ?, ?)', pk, sk, text);
    });
  }

  private get<T>(pk: string, sk: string): T | undefined {
    return parsed(this.database.get('SELECT body FROM items WHERE pk = ? AND sk = ?', pk, sk));
  }
}
