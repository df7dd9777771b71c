/**
 * DynamoDB's expressions, written from what a write sets and what must hold. Every name and value goes by a placeholder:
 * attribute names hold step paths, and DynamoDB reserves 573 words.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export interface Update {
  /** Attribute name -> value; written as they are, whatever characters the name has. */
  readonly set: { readonly [attribute: string]: AttributeValue };
  /** Kept if they are there already. */
  readonly setOnce?: { readonly [attribute: string]: AttributeValue };
  /** Attribute name -> the attribute whose value before this very write it gets. */
  readonly copy?: { readonly [attribute: string]: string };
  readonly add?: { readonly [attribute: string]: AttributeValue };
  readonly remove?: readonly string[];
  /** All must hold. */
  readonly conditions: readonly Condition[];
  /** Makes the item where there is none. */
  readonly makes?: true;
}

export type Condition =
  | { readonly attribute: string; readonly is: 'absent' | 'present' }
  | { readonly attribute: string; readonly is: 'above' | 'at most' | 'below'; readonly than: AttributeValue }
  | { readonly attribute: string; readonly is: 'one of'; readonly values: readonly AttributeValue[] }
  | { readonly is: 'any'; readonly of: readonly Condition[] }
  | { readonly is: 'all'; readonly of: readonly Condition[] };

/** Of an item that is there. */
export const EXISTS: Condition = { attribute: 'pk', is: 'present' };
export const NEW: Condition = { attribute: 'pk', is: 'absent' };

export interface ConditionText {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  /** Absent where there are none: DynamoDB refuses an empty map. */
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

export function updateText(update: Update): ConditionText & { readonly UpdateExpression: string } {
  const placeholders = new Placeholders();
  const { name, value } = placeholders;
  const sets = [
    ...Object.entries(update.set).map(([attribute, given]) => `${name(attribute)} = ${value(given)}`),
    ...Object.entries(update.setOnce ?? {}).map(
      ([attribute, given]) => `${name(attribute)} = if_not_exists(${name(attribute)}, ${value(given)})`,
    ),
    ...Object.entries(update.copy ?? {}).map(([attribute, from]) => `${name(attribute)} = ${name(from)}`),
  ];
  const adds = Object.entries(update.add ?? {}).map(([attribute, given]) => `${name(attribute)} ${value(given)}`);
  const removes = (update.remove ?? []).map(name);
  const clause = (word: string, parts: readonly string[]): readonly string[] =>
    parts.length === 0 ? [] : [`${word} ${parts.join(', ')}`];
  return {
    UpdateExpression: [...clause('SET', sets), ...clause('ADD', adds), ...clause('REMOVE', removes)].join(' '),
    ...placeholders.condition([...(update.makes ? [] : [EXISTS]), ...update.conditions]),
  };
}

/** Of a write or a check that changes no attribute by expression. */
export function conditionText(conditions: readonly Condition[]): ConditionText {
  return new Placeholders().condition(conditions);
}

class Placeholders {
  private readonly names = new Map<string, string>();
  private readonly values: Record<string, AttributeValue> = {};

  readonly name = (attribute: string): string => {
    const key = this.names.get(attribute) ?? `#n${this.names.size}`;
    this.names.set(attribute, key);
    return key;
  };

  readonly value = (given: AttributeValue): string => {
    const key = `:v${Object.keys(this.values).length}`;
    this.values[key] = given;
    return key;
  };

  condition(conditions: readonly Condition[]): ConditionText {
    const text = conditions.map((condition) => this.text(condition)).join(' AND ');
    return {
      ConditionExpression: text,
      ExpressionAttributeNames: Object.fromEntries([...this.names].map(([attribute, key]) => [key, attribute])),
      ...(Object.keys(this.values).length > 0 && { ExpressionAttributeValues: this.values }),
    };
  }

  private text(condition: Condition): string {
    switch (condition.is) {
      case 'absent':
        return `attribute_not_exists(${this.name(condition.attribute)})`;
      case 'present':
        return `attribute_exists(${this.name(condition.attribute)})`;
      case 'above':
        return `${this.name(condition.attribute)} > ${this.value(condition.than)}`;
      case 'at most':
        return `${this.name(condition.attribute)} <= ${this.value(condition.than)}`;
      case 'below':
        return `${this.name(condition.attribute)} < ${this.value(condition.than)}`;
      case 'one of':
        return `${this.name(condition.attribute)} IN (${condition.values.map(this.value).join(', ')})`;
      case 'any':
        return `(${condition.of.map((one) => this.text(one)).join(' OR ')})`;
      case 'all':
        return `(${condition.of.map((one) => this.text(one)).join(' AND ')})`;
    }
  }
}
