import type { SystemEnvironment } from '../../model/environment.ts';

export type { SecretRef, SystemEnvironment } from '../../model/environment.ts';

/** Where the systems of a run are, and how they are called there. */
export interface Environments {
  /** By the source description's name; an environment that says nothing about a system gives an empty object. */
  system(name: string): SystemEnvironment;
}
