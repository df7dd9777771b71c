/**
 * The journal's tables: the items of run-contract section 9 under a small integer instead of the run's id. A run's row
 * holds what conditions look at and keeps its size on the happy path; all else is a record, appended under its name, so
 * that a commit touches few pages. Names sort as they are read: `A#` audit, `F#` shards and `I#` inputs for themselves, from
 * `S#` on the record of a run, from `b:` on what belongs to its header.
 *
 *     A#time#nonce  audit      S#key    applied outcome or verdict    b:key    failing outcome    i:key    intent
 *     I#digest      input      U#key#n  undo call                     e:epoch  execution          o:epoch  outputs
 *     F#shard#H     its header: where it is closed, its last group    s:shard  opened
 *     F#shard#Sepoch.group     what became of the items of a group
 */
export const JOURNAL_SCHEMA = `
CREATE TABLE IF NOT EXISTS runs (
  run INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, workflow_id TEXT NOT NULL, phase TEXT NOT NULL,
  epoch INTEGER NOT NULL, deadline INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER,
  plan_hash TEXT NOT NULL, input_digest TEXT NOT NULL, actor TEXT NOT NULL, traceparent TEXT,
  degraded INTEGER NOT NULL DEFAULT 0, error TEXT, reason TEXT, earlier TEXT,
  owner TEXT, lease_until INTEGER, released INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS runs_by_start ON runs (started_at);
CREATE TABLE IF NOT EXISTS records (run INTEGER NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (run, name));
`;
