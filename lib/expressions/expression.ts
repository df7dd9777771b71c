/**
 * What an Arazzo runtime expression refers to (Arazzo 1.1, Runtime Expressions), as a union over its source.
 * Names are unescaped. What the grammar has no place for but real documents use is kept apart: `trail` holds the
 * members reached by dots and brackets after the grammar's own end (`$response.body.items[0]`), `pointer` the tokens
 * of the JSON pointer. A name with dots may mean one key or a way down: resolve.ts tries the key first.
 */
export type Expression =
  | { readonly source: 'url' | 'method' | 'statusCode' | 'self' }
  | MessagePart
  | MessageContent
  | ({ readonly source: 'inputs' | 'outputs' } & Member)
  | ({ readonly source: 'steps'; readonly stepId: string } & Member)
  | ItemContent
  | InteractionPart
  | WorkflowMember
  | WorkflowStep
  | { readonly source: 'sourceDescriptions'; readonly name: string; readonly reference: string }
  | { readonly source: 'components'; readonly component: ComponentKind; readonly name: string };

export type ExpressionSource = Expression['source'];
export type MessageSource = 'request' | 'response' | 'message';
export type ComponentKind = 'parameters' | 'successActions' | 'failureActions';

export interface MessagePart {
  readonly source: MessageSource;
  readonly part: 'header' | 'query' | 'path';
  readonly name: string;
}

export interface MessageContent extends Inside {
  readonly source: MessageSource;
  readonly part: 'body' | 'payload';
}

/** `$item`: of a step that is done for each item of a list. Ours, not the standard's, so its dots are no tolerance. */
export interface ItemContent extends Inside {
  readonly source: 'item';
}

/** `$interaction`: what a person said before the step's request was made. */
export interface InteractionPart extends Inside {
  readonly source: 'interaction';
  readonly part: 'payload' | 'decision' | 'actor' | 'note';
}

export interface WorkflowMember extends Member {
  readonly source: 'workflows';
  readonly workflowId: string;
  readonly field: 'inputs' | 'outputs';
}

/** `$workflows.<id>.steps.<id>`, which only `dependsOn` uses, and the same with `.outputs.<name>`. */
export interface WorkflowStep extends Inside {
  readonly source: 'workflows';
  readonly workflowId: string;
  readonly field: 'steps';
  readonly stepId: string;
  /** Absent when the step itself is meant. */
  readonly name?: string;
}

/** The way down inside the value that was named. */
export interface Inside {
  readonly trail: readonly string[];
  readonly pointer: readonly string[];
}

/** A member of an object of named values; an empty name is the whole object. */
export interface Member extends Inside {
  readonly name: string;
}
