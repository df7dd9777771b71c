/**
 * A definition made ready to run: every template compiled once, every state in a map, every exit and transition
 * resolved. What cannot run here is refused by name: a JSONPath machine names the field that makes it one. Whether a
 * definition is otherwise valid is lib/engine/definition's question, asked before.
 */
import type {
  Catcher,
  ChoiceState,
  FailState,
  MapState,
  ParallelState,
  QueryLanguage as LanguageName,
  Retrier,
  State,
  StateMachineDefinition,
  SubMachine,
  TaskState,
} from '../model/asl.ts';
import { assert } from '../model/assert.ts';
import { Failure } from '../model/failure.ts';
import { isDistributed, jsonataLanguage } from './query/jsonata.ts';
import type { ExitOwner, Query, QueryLanguage, Waiting } from './query/language.ts';
import { type Resource, resourceOf } from './resource.ts';

export interface Machine extends Region {
  readonly definition: StateMachineDefinition;
  readonly hash: string;
  readonly timeoutSeconds: number | null;
}

/** States that run as one sequence: a machine, a branch, the body of a Map. */
export interface Region {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, CompiledState>;
}

/** What happens on leaving a state: null where the state says nothing. */
export interface Exit {
  readonly assign: Query | null;
  readonly output: Query | null;
  /** null: the sequence ends here. */
  readonly next: string | null;
}

interface Compiled<T extends State['Type']> {
  readonly type: T;
  readonly name: string;
  readonly exit: Exit;
  readonly retriers: readonly Retrier[];
  readonly catchers: readonly CompiledCatcher[];
}

export interface CompiledCatcher {
  readonly errorEquals: readonly string[];
  readonly exit: Exit;
}

export type CompiledPass = Compiled<'Pass'>;
export type CompiledSucceed = Compiled<'Succeed'>;

export interface CompiledTask extends Compiled<'Task'> {
  readonly resource: Resource;
  readonly arguments: Query | null;
  readonly timeout: Query | null;
  readonly heartbeat: Query | null;
  readonly credentials: Query | null;
}

export interface CompiledChoice extends Compiled<'Choice'> {
  readonly rules: readonly { readonly condition: Query; readonly exit: Exit }[];
  /** `exit` belongs to Default; without one no match is a failure. */
  readonly hasDefault: boolean;
}

export interface CompiledWait extends Compiled<'Wait'> {
  readonly until: Waiting;
}

export interface CompiledFail extends Compiled<'Fail'> {
  readonly error: Query | null;
  readonly cause: Query | null;
}

export interface CompiledParallel extends Compiled<'Parallel'> {
  readonly arguments: Query | null;
  readonly branches: readonly Region[];
}

export interface CompiledMap extends Compiled<'Map'> {
  readonly items: Query | null;
  readonly itemSelector: Query | null;
  readonly maxConcurrency: Query | null;
  readonly toleratedCount: Query | null;
  readonly toleratedPercentage: Query | null;
  readonly region: Region;
  readonly distributed: Distributed | null;
}

/** What only a Distributed Map has. */
export interface Distributed {
  readonly label: string | null;
  /** Where the state stands in the definition, for its children's machine. */
  readonly place: Place;
  readonly processor: SubMachine;
  readonly reader: Query | null;
  readonly batcher: Query | null;
  readonly writer: Query | null;
}

/** State names from the outermost in; the number of a Parallel's branch. */
export type Place = readonly (string | number)[];

export type CompiledState =
  | CompiledTask
  | CompiledPass
  | CompiledChoice
  | CompiledWait
  | CompiledSucceed
  | CompiledFail
  | CompiledParallel
  | CompiledMap;

export function compileMachine(definition: StateMachineDefinition, hash: string): Machine {
  const region = compileRegion(definition, [], definition.QueryLanguage ?? 'JSONPath');
  return { ...region, definition, hash, timeoutSeconds: definition.TimeoutSeconds ?? null };
}

export function compileRegion(source: SubMachine, place: Place, inherited: LanguageName): Region {
  const states = new Map<string, CompiledState>();
  for (const [name, state] of Object.entries(source.States)) {
    const language = languageOf(state, [...place, name], inherited);
    states.set(name, compileState({ name, state, language, place: [...place, name], inherited }));
  }
  return { startAt: source.StartAt, states };
}

const LANGUAGES: { readonly [name in LanguageName]: QueryLanguage | null } = {
  JSONata: jsonataLanguage,
  JSONPath: null,
};

/** The machine's language is inherited, also through Map and Parallel; a state may name another. */
function languageOf(state: State, place: Place, inherited: LanguageName): QueryLanguage {
  const language = LANGUAGES[state.QueryLanguage ?? inherited];
  if (language !== null && language !== undefined) return language;
  const own = state.QueryLanguage !== undefined;
  const field = own ? `${pathOf(place)}/QueryLanguage` : '/QueryLanguage';
  throw new Failure('ENG001', `state '${place.at(-1)}' uses JSONPath, which the engine does not run (field ${field})`, {
    kind: 'document',
    remedy: own
      ? `Set ${field} to "JSONata".`
      : 'Set the top-level field "QueryLanguage" to "JSONata": absent, it means JSONPath.',
  });
}

/** As the service writes where in a definition something is. */
function pathOf(place: Place): string {
  return place
    .map((step, index) => {
      if (typeof step === 'number') return `/Branches/${step}`;
      return typeof place[index - 1] === 'string' ? `/ItemProcessor/States/${step}` : `/States/${step}`;
    })
    .join('');
}

interface Source<S extends State = State> {
  readonly name: string;
  readonly state: S;
  readonly language: QueryLanguage;
  readonly place: Place;
  readonly inherited: LanguageName;
}

type Compiler = { readonly [T in State['Type']]: (source: Source<Extract<State, { Type: T }>>) => CompiledState };

const COMPILERS: Compiler = {
  Task: compileTask,
  Pass: (source) => common(source, source.state),
  Choice: compileChoice,
  Wait: (source) =>
    ({ ...common(source, source.state), until: source.language.waitOf(source.state) }) satisfies CompiledWait,
  Succeed: (source) => common(source, source.state),
  Fail: compileFail,
  Parallel: compileParallel,
  Map: compileMap,
};

function compileState(source: Source): CompiledState {
  const compile = COMPILERS[source.state.Type] as ((source: Source) => CompiledState) | undefined;
  assert(
    compile !== undefined,
    `state type ${source.state.Type} is one of the eight (definitions are validated first)`,
  );
  return compile(source);
}

function common<S extends State>(source: Source<S>, state: S): Compiled<S['Type']> {
  const next = 'Next' in state && typeof state.Next === 'string' ? state.Next : null;
  return {
    type: state.Type,
    name: source.name,
    exit: exitOf(source.language, state, '', next),
    retriers: ('Retry' in state ? state.Retry : undefined) ?? [],
    catchers: catchersOf(source.language, ('Catch' in state ? state.Catch : undefined) ?? []),
  };
}

function exitOf(language: QueryLanguage, owner: ExitOwner, place: string, next: string | null): Exit {
  return { assign: language.assignOf(owner, place), output: language.outputOf(owner, place), next };
}

function catchersOf(language: QueryLanguage, catchers: readonly Catcher[]): readonly CompiledCatcher[] {
  return catchers.map((catcher, index) => ({
    errorEquals: catcher.ErrorEquals,
    exit: exitOf(language, catcher, `Catch[${index}]`, catcher.Next),
  }));
}

function compileTask(source: Source<TaskState>): CompiledTask {
  const { language, state } = source;
  return {
    ...common(source, state),
    resource: resourceOf(state.Resource),
    arguments: language.argumentsOf(state),
    timeout: language.timeoutOf(state),
    heartbeat: language.heartbeatOf(state),
    credentials: language.credentialsOf(state),
  };
}

function compileChoice(source: Source<ChoiceState>): CompiledChoice {
  const { language, state } = source;
  const rules = state.Choices.map((rule, index) => ({
    condition: language.conditionOf(rule, index, state),
    exit: exitOf(language, rule, `Choices[${index}]`, rule.Next),
  }));
  const exit = exitOf(language, state, '', state.Default ?? null);
  return { ...common(source, state), exit, rules, hasDefault: state.Default !== undefined };
}

function compileFail(source: Source<FailState>): CompiledFail {
  const { language, state } = source;
  return { ...common(source, state), error: language.errorOf(state), cause: language.causeOf(state) };
}

function compileParallel(source: Source<ParallelState>): CompiledParallel {
  const branches = source.state.Branches.map((branch, index) =>
    compileRegion(branch, [...source.place, index], source.inherited),
  );
  return { ...common(source, source.state), arguments: source.language.argumentsOf(source.state), branches };
}

function compileMap(source: Source<MapState>): CompiledMap {
  const { language, state } = source;
  return {
    ...common(source, state),
    items: language.itemsOf(state),
    itemSelector: language.itemSelectorOf(state),
    maxConcurrency: language.numberOf(state, 'MaxConcurrency'),
    toleratedCount: language.numberOf(state, 'ToleratedFailureCount'),
    toleratedPercentage: language.numberOf(state, 'ToleratedFailurePercentage'),
    region: compileRegion(state.ItemProcessor, source.place, source.inherited),
    distributed: isDistributed(state) ? distributedOf(source) : null,
  };
}

function distributedOf({ state, place, language }: Source<MapState>): Distributed {
  const part = (field: 'ItemReader' | 'ItemBatcher' | 'ResultWriter'): Query | null => {
    const template = state[field];
    return template === undefined ? null : language.templateOf(template, field);
  };
  return {
    label: state.Label ?? null,
    place,
    processor: state.ItemProcessor,
    reader: part('ItemReader'),
    batcher: part('ItemBatcher'),
    writer: part('ResultWriter'),
  };
}
