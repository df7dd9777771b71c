/**
 * What a state asks of its query language, so that states know nothing of JSONata and a second language can be put
 * beside it: each method turns the fields of one stage of a state's data flow into a query, once per definition.
 * `null` stands for "the state says nothing here".
 */
import type {
  Catcher,
  ChoiceRule,
  ChoiceState,
  FailState,
  MapState,
  ParallelState,
  State,
  TaskState,
  WaitState,
} from '../../model/asl.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { RandomSource } from '../random-source.ts';

/** What an expression can see. */
export interface View {
  /** All visible variables, the inner over the outer. */
  readonly variables: JsonObject;
  readonly input: Json;
  readonly result?: Json | undefined;
  readonly errorOutput?: Json | undefined;
  readonly time: number;
  /** The context object, made on demand. */
  context(): JsonObject;
  random(): RandomSource;
}

/** Why a query has no value: the service's words after "An error occurred while executing the state ...". */
export class Problem {
  readonly location: string | undefined;
  readonly message: string;

  constructor(message: string, location?: string) {
    this.message = message;
    this.location = location;
  }
}

export type Evaluated = Json | Problem;

export interface Query {
  evaluate(view: View): Evaluated | Promise<Evaluated>;
}

export type Waiting =
  | { readonly kind: 'seconds'; readonly query: Query }
  | { readonly kind: 'timestamp'; readonly query: Query };

/** An owner of Output and Assign: a state, a choice rule (`Choices[0]`), a catcher (`Catch[0]`). */
export type ExitOwner = State | ChoiceRule | Catcher;

export interface QueryLanguage {
  readonly name: 'JSONata' | 'JSONPath';
  /** What a Task is called with or the branches of a Parallel get; null: the state's input. */
  argumentsOf(state: TaskState | ParallelState): Query | null;
  /** null: the state's own default. */
  outputOf(owner: ExitOwner, place: string): Query | null;
  /** Evaluates to an object of variables. */
  assignOf(owner: ExitOwner, place: string): Query | null;
  /** Evaluates to a boolean. */
  conditionOf(rule: ChoiceRule, index: number, state: ChoiceState): Query;
  waitOf(state: WaitState): Waiting;
  timeoutOf(state: TaskState): Query | null;
  heartbeatOf(state: TaskState): Query | null;
  credentialsOf(state: TaskState): Query | null;
  errorOf(state: FailState): Query | null;
  causeOf(state: FailState): Query | null;
  /** Evaluates to an array, or for a Distributed Map an object; null: the state's input. */
  itemsOf(state: MapState): Query | null;
  itemSelectorOf(state: MapState): Query | null;
  numberOf(
    state: MapState,
    field: 'MaxConcurrency' | 'ToleratedFailureCount' | 'ToleratedFailurePercentage',
  ): Query | null;
  /** The fields of ItemReader, ItemBatcher and ResultWriter, whole. */
  templateOf(template: JsonObject, field: string): Query;
}
