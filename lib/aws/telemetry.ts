/**
 * Logs and metrics of a handler, the one place where Powertools is configured. Every line has run, workflow and step where
 * they are known; metrics (names and dimensions: metric-names.ts) are kept by integration, and by workflow and system
 * beside it. What is written comes as LogRecord and RunEvent, and neither holds a payload or a credential.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { JsonObject } from '../model/json.ts';
import type { RunEvent } from '../model/run.ts';
import type { Events } from '../runtime/ports/events.ts';
import type { LogRecord, Telemetry } from '../runtime/ports/telemetry.ts';
import {
  type Dimension,
  DIMENSION_SETS,
  METRICS,
  NAMESPACE,
  OUTCOME_METRICS,
  RUN_END_METRICS,
} from '../model/metric-names.ts';

export interface TelemetryOptions {
  readonly integration: string;
  readonly system?: string;
}

/** What the lines of one invocation are about. */
export interface About {
  readonly run?: string;
  readonly workflow?: string;
  readonly step?: string;
}

export class HandlerTelemetry implements Telemetry, Events {
  private readonly options: TelemetryOptions;
  private readonly logger: Logger;
  private readonly metrics: Metrics;
  /** Dimensions of what was measured and not yet written. */
  private known: { readonly [D in Dimension]?: string } = {};

  constructor(options: TelemetryOptions) {
    const { integration, system } = options;
    this.options = options;
    this.logger = new Logger({
      serviceName: integration,
      persistentLogAttributes: { integration, ...(system !== undefined && { system }) },
    });
    this.metrics = new Metrics({ namespace: NAMESPACE, serviceName: integration });
    // Powertools adds `service` to every set, under which nobody looks.
    this.metrics.clearDefaultDimensions();
    this.metrics.setDefaultDimensions({ integration });
  }

  /** Until the end of the invocation. */
  about(about: About): void {
    this.logger.appendKeys({ ...about });
  }

  log({ level, message, details, counts, ...where }: LogRecord): void {
    this.logger[level](message, { ...where, ...(details && { details }) });
    if (counts !== undefined) this.count(counts);
  }

  emit(event: RunEvent): void {
    const { type, runId: run, ...facts } = event;
    const { workflowId: workflow, ...others } = { workflowId: undefined, ...facts };
    this.logger.info(type, { run, ...(workflow !== undefined && { workflow }), ...others });
    this.measure(event, workflow);
  }

  /** About no run. */
  warn(message: string, facts: JsonObject): void {
    this.logger.warn(message, { ...facts });
  }

  /** An error that leaves the handler: with its chain of causes, which the caller does not get. */
  failed(error: unknown): void {
    this.logger.error('task failed', error instanceof Error ? error : new Error(String(error)));
    this.count(METRICS.handlerErrors);
  }

  /** Beside what the events of a run tell: of the integration, or of one of its workflows or systems. */
  count(name: string, by: { readonly workflow?: string; readonly system?: string } = {}, value = 1): void {
    this.flushMetrics();
    this.metrics.addMetric(name, MetricUnit.Count, value);
    this.flushMetrics({ ...this.options, ...by });
  }

  /** Once per invocation: what was measured becomes a line of the log, and what it was about is forgotten. */
  flush(): void {
    this.flushMetrics();
    this.logger.resetKeys();
  }

  private measure(event: RunEvent, workflow: string | undefined): void {
    if (workflow !== this.known.workflow) this.flushMetrics();
    this.known = { ...this.options, ...(workflow !== undefined && { workflow }) };
    switch (event.type) {
      case 'attempt-ended':
        // Nobody was asked, so it is no attempt.
        if (event.cached !== undefined)
          return this.add(event.cached === 'fresh' ? METRICS.cacheHits : METRICS.cacheStandIns);
        this.add(METRICS.attempts);
        this.add(OUTCOME_METRICS[event.outcome]);
        if (event.attempt > 1) this.add(METRICS.retries);
        if (event.breakerOpen === true) this.add(METRICS.breakerOpen);
        else this.metrics.addMetric(METRICS.latency, MetricUnit.Milliseconds, event.ms);
        return;
      case 'step-ended':
        if (event.status === 'in-doubt') this.add(METRICS.inDoubt);
        return;
      case 'undo-ended':
        if (event.status !== 'again') this.add(METRICS.compensations);
        return;
      case 'run-fenced':
        return this.add(METRICS.runsFenced);
      case 'run-ended':
        if (isEnd(event.status)) this.add(RUN_END_METRICS[event.status]);
        this.metrics.addMetric(METRICS.runTime, MetricUnit.Milliseconds, event.ms);
        return;
      default:
    }
  }

  private add(name: string): void {
    this.metrics.addMetric(name, MetricUnit.Count, 1);
  }

  /** Under each set whose dimensions are all known: CloudWatch adds nothing up. */
  private flushMetrics(known: { readonly [D in Dimension]?: string } = this.known): void {
    if (!this.metrics.hasStoredMetrics()) return;
    for (const set of DIMENSION_SETS) {
      const named = set.map((dimension) => [dimension, known[dimension]] as const);
      if (named.some(([, value]) => value === undefined)) continue;
      // The integration is in each of them by default.
      this.metrics.addDimensions(Object.fromEntries(named.slice(1)) as { [dimension: string]: string });
    }
    this.metrics.publishStoredMetrics();
    this.known = {};
  }
}

function isEnd(status: string): status is keyof typeof RUN_END_METRICS {
  return Object.hasOwn(RUN_END_METRICS, status);
}
