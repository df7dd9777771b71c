/**
 * The dead-letter queue of one machine: letters as the machines send them (lib/runtime/letter.ts), kept until somebody
 * removes them. A run may have several, since it is sent one each time that it comes to need attention; the newest speaks.
 */
import { assert } from '../model/assert.ts';
import type { Json } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { LetterView } from '../model/run.ts';
import { letterState } from '../runtime/letter-state.ts';
import type { Phase } from '../runtime/ports/journal.ts';
import { isoTime } from '../runtime/run-events.ts';
import { statusOf } from '../runtime/view.ts';
import type { Database, Row } from './database.ts';

export interface LetterQuery {
  /** Newest first; at most so many. */
  readonly limit: number;
  readonly run?: string;
  /** How the letter's id begins. */
  readonly id?: string;
}

const LETTERS = `
WITH letters AS (
  SELECT sk, json_extract(body, '$.id') AS id, json_extract(body, '$.at') AS at, json_extract(body, '$.message') AS message,
    json_extract(json_extract(body, '$.message'), '$.run') AS letter_run
  FROM items WHERE pk >= 'Q#' AND pk < 'Q$'
), ranked AS (
  SELECT *, row_number() OVER (PARTITION BY letter_run ORDER BY sk DESC) AS rank FROM letters
)
SELECT id, at, message, letter_run, rank, phase FROM ranked JOIN runs ON run_id = letter_run
WHERE (?1 IS NULL OR letter_run = ?1) AND (?2 IS NULL OR substr(id, 1, length(?2)) = ?2)
ORDER BY sk DESC LIMIT ?3`;

export class DeadLetters {
  private readonly database: Database;

  constructor(database: Database) {
    this.database = database;
  }

  /** Answers with the message's id. */
  async send(queue: string, message: string, at: number, id: string): Promise<string> {
    const body = JSON.stringify({ id, at, message });
    const sk = `${String(at).padStart(16, '0')}#${id}`;
    await this.database.write(() => {
      this.database.run('INSERT OR IGNORE INTO items VALUES (?, ?, ?)', `Q#${queue}`, sk, body);
    });
    return id;
  }

  /** With what has become of their runs. */
  letters({ limit, run, id }: LetterQuery): readonly LetterView[] {
    return this.database.all(LETTERS, run ?? null, id ?? null, limit).map(letterView);
  }

  /** Gives the ids of those that were there. */
  async remove(ids: readonly string[]): Promise<readonly string[]> {
    const sql = "DELETE FROM items WHERE pk >= 'Q#' AND pk < 'Q$' AND json_extract(body, '$.id') = ?";
    return await this.database.write(() => ids.filter((id) => this.database.run(sql, id) > 0));
  }

  async removeOf(run: string): Promise<readonly string[]> {
    return await this.remove(this.letters({ run, limit: -1 }).map(({ id }) => id));
  }
}

function letterView(row: Row): LetterView {
  const letter: Json = JSON.parse(String(row['message']));
  assert(isObject(letter), 'only machines of ours send letters');
  // Only the journal writes phases.
  const phase = String(row['phase']) as Phase;
  return {
    id: String(row['id']),
    at: isoTime(Number(row['at'])),
    run: String(row['letter_run']),
    state: letterState(letter, statusOf(phase), row['rank'] === 1),
    status: statusOf(phase),
    letter,
  };
}
