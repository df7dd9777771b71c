/**
 * What is asked of a system's function beside its machines' tasks, because it alone has that system's credentials: whether
 * an effect of a run is there, and whether the system is well. Asked by other functions of the integration, never by a
 * machine; the answers hold no value of a run.
 */

export interface LookTask {
  readonly op: 'look';
  readonly run: string;
  readonly step: string;
  readonly visit: number;
}

export interface LookAnswer {
  readonly found: 'applied' | 'absent' | 'unknown';
  readonly why: string;
}

export interface HealthTask {
  readonly op: 'health';
  readonly system: string;
}

/** `unknown`: nothing says how to ask, or our own limits kept the question back. */
export interface HealthAnswer {
  readonly state: 'well' | 'unwell' | 'unknown';
  readonly why: string;
  readonly ms?: number;
}
