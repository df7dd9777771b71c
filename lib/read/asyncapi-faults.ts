/** Faults of an AsyncAPI document, told as those of OpenAPI are; what is wrong in a schema has the same codes. */
import type { Json } from '../model/json.ts';
import type { Place } from '../model/diagnostic.ts';
import type { ReferenceProblem } from '../model/reading.ts';
import { OpenApiFaults } from './openapi-faults.ts';

export class AsyncApiFaults extends OpenApiFaults {
  override unresolvable(at: Place, reference: string, problem: ReferenceProblem): void {
    this.mattering(problem);
    this.note('ASY002', at, { reference, problem });
  }

  override member(at: Place, value: Json, wanted: string): void {
    this.note('ASY003', at, { value, wanted });
  }
}
