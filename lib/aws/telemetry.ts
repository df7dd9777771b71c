/**
 * Logs and metrics of a handler, the one place where Powertools is configured. Every line has run, step and workflow where
 * they are known; every metric is by integration (`service`) and, in a call function, by system. What is written comes as
 * LogRecord and RunEvent, and neither holds a payload or a credential.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Outcome } from '../model/outcome.ts';
import type { RunEvent, RunStatus } from '../model/run.ts';
import type { Events } from '../runtime/ports/events.ts';
import type { LogRecord, Telemetry } from '../runtime/ports/telemetry.ts';

export interface TelemetryOptions {
  readonly integration: string;
  readonly system?: string;
}

const NAMESPACE = 'Interlock';

const ATTEMPTS: { readonly [O in Outcome]: string } = {
  applied: 'AttemptsApplied',
  unwanted: 'AttemptsUnwanted',
  refused: 'AttemptsRefused',
  throttled: 'AttemptsThrottled',
  'not-sent': 'AttemptsNotSent',
  'in-doubt': 'AttemptsInDoubt',
};

/** Nobody was asked, so they are no attempts. */
const CACHED = { fresh: 'CacheHits', stale: 'CacheStandIns' } as const;

const RUN_ENDS: { readonly [S in RunStatus]?: string } = {
  succeeded: 'RunsSucceeded',
  compensated: 'RunsCompensated',
  failed: 'RunsFailed',
  'needs-attention': 'RunsNeedingAttention',
};

export class HandlerTelemetry implements Telemetry, Events {
  private readonly logger: Logger;
  private readonly metrics: Metrics;

  constructor({ integration, system }: TelemetryOptions) {
    const persistent = system === undefined ? {} : { system };
    this.logger = new Logger({ serviceName: integration, persistentLogAttributes: persistent });
    this.metrics = new Metrics({ namespace: NAMESPACE, serviceName: integration, defaultDimensions: persistent });
  }

  log({ level, message, details, ...where }: LogRecord): void {
    this.logger[level](message, { ...where, ...(details && { details }) });
  }

  emit(event: RunEvent): void {
    const { type, ...facts } = event;
    this.logger.info(type, facts);
    this.measure(event);
  }

  /** An error that leaves the handler: with its chain of causes, which the caller does not get. */
  failed(error: unknown): void {
    this.logger.error('task failed', error instanceof Error ? error : new Error(String(error)));
  }

  /** Once per invocation: what was measured becomes one line of the log. */
  flush(): void {
    this.metrics.publishStoredMetrics();
  }

  private measure(event: RunEvent): void {
    if (event.type === 'attempt-ended') {
      if (event.cached !== undefined) return this.count(CACHED[event.cached]);
      this.count('Attempts');
      this.count(ATTEMPTS[event.outcome]);
      this.metrics.addMetric('AttemptTime', MetricUnit.Milliseconds, event.ms);
    } else if (event.type === 'run-fenced') {
      this.count('RunsFenced');
    } else if (event.type === 'run-ended') {
      const end = RUN_ENDS[event.status];
      if (end !== undefined) this.count(end);
      this.metrics.addMetric('RunTime', MetricUnit.Milliseconds, event.ms);
    }
  }

  private count(name: string): void {
    this.metrics.addMetric(name, MetricUnit.Count, 1);
  }
}
