/** What one machine keeps beside journal and engine log: plans by hash, and each run's place. */
import type { CompiledWorkflow } from '../compile/compile.ts';
import type { StateMachineDefinition } from '../model/asl.ts';
import { Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { PLAN_FORMAT, type Plan } from '../model/plan.ts';
import { FINAL_PHASES } from '../runtime/ports/journal.ts';
import type { Plans } from '../runtime/ports/plans.ts';
import { type Database, parsed } from './database.ts';

export interface Unfinished {
  readonly runId: string;
  readonly epoch: number;
  readonly planHash: string;
}

const FINAL = FINAL_PHASES.map((phase) => `'${phase}'`).join(', ');

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

  /** Plans whose runs may wait for messages, by their hashes. */
  async receiving(): Promise<readonly Plan[]> {
    const sql = "SELECT sk FROM items WHERE pk = 'plans' AND instr(body, '\"receive\":{') > 0";
    return await Promise.all(this.database.all(sql).map(({ sk }) => this.plan(String(sk))));
  }

  async keepPlace(runId: string, place: Json): Promise<void> {
    await this.putOnce(`R#${runId}`, 'place', place);
  }

  /** What was kept of where a run calls its systems. */
  place(runId: string): Json | undefined {
    return this.get<Json>(`R#${runId}`, 'place');
  }

  /** Runs that have not reached their end; or that one, if it has not. */
  unfinished(only?: string): readonly Unfinished[] {
    const rows = this.database.all(
      `SELECT run_id, epoch, plan_hash FROM runs WHERE phase NOT IN (${FINAL}) AND (?1 IS NULL OR run_id = ?1)`,
      only ?? null,
    );
    return rows.map((row) => ({
      runId: String(row['run_id']),
      planHash: String(row['plan_hash']),
      epoch: Number(row['epoch']),
    }));
  }

  /** Runs that have ended otherwise than well, and to which something was done since. */
  touched(only?: string): readonly string[] {
    const rows = this.database.all(
      `SELECT DISTINCT run_id FROM runs
       JOIN records ON records.run = runs.run AND name >= printf('A#%015d', ended_at) AND name < 'A$'
       WHERE phase IN ('needs-attention', 'compensated', 'failed') AND (?1 IS NULL OR run_id = ?1)`,
      only ?? null,
    );
    return rows.map((row) => String(row['run_id']));
  }

  /** Ids of runs that begin so, in order; run ids are ASCII. */
  named(prefix: string, limit: number): readonly string[] {
    const rows = this.database.all(
      "SELECT run_id FROM runs WHERE run_id >= ?1 AND run_id < ?1 || '~' ORDER BY run_id LIMIT ?2",
      prefix,
      limit,
    );
    return rows.map((row) => String(row['run_id']));
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
