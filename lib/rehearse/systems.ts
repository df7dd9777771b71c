/**
 * The systems of a rehearsal, as the network and the invariants see them: a request lands wholly or not at all, and what
 * it left is in the systems' own books. Nothing here knows what a caller believes; that is why it can be held against it.
 */
import type { HttpRequest, HttpResponse } from '../runtime/ports/http.ts';
import type { Landing } from '../simulate/effect-systems.ts';

export type { Landing } from '../simulate/effect-systems.ts';

export interface RehearsedSystems {
  /** `<system>.<operationId>`; absent for what is no operation of theirs, as a token endpoint. */
  operationOf(request: HttpRequest): string | undefined;
  /** `caller`: the path of the step or call that it is made for, where that is known. */
  land(request: HttpRequest, how: Landing, caller?: string): HttpResponse;
  /** Whether it can be done and answered as nobody wants it; absent: everything can. */
  hasOdd?(request: HttpRequest): boolean;
  /** Every effect that ever landed, in order. */
  effects(): readonly LandedEffect[];
  /** Undos that landed and found nothing to undo. */
  astray(): readonly { readonly at: number; readonly operation: string }[];
  /** An operator undoes it there by hand. */
  takeBack(id: string): void;
}

export interface LandedEffect {
  readonly id: string;
  /** `<system>.<operationId>` of the request that made it. */
  readonly operation: string;
  readonly at: number;
  /** The idempotency key that it was made under; absent: none was sent. */
  readonly key?: string | undefined;
  /** It took effect each time, so a second one is an undo done twice. */
  readonly undone: readonly { readonly at: number; readonly operation: string }[];
}

export function standing(systems: RehearsedSystems): readonly LandedEffect[] {
  return systems.effects().filter(({ undone }) => undone.length === 0);
}
