/** Outputs that no description declares: a plan hands on by them what an action reads of its own step's answer. */
export const HANDED_ON = 'interlock-handed-';

/** Not for people: they see what is declared. */
export function isHandedOn(name: string): boolean {
  return name.startsWith(HANDED_ON);
}
