import type { JsonObject } from '../../model/json.ts';

/** What an engineer reads while looking into a run. Names, statuses and reasons; never a payload, never a credential. */
export interface LogRecord {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly run: string;
  readonly step?: string;
  readonly visit?: number;
  readonly details?: JsonObject;
  /** The name of a metric (lib/model/metric-names.ts) that counts such records. */
  readonly counts?: string;
}

/** Never throws and never waits. */
export interface Telemetry {
  log(record: LogRecord): void;
}
