/**
 * The names that stand for functions, queues and machines in an emitted definition: `${CallPayments}`, `${Core}`,
 * `${DeadLetters}`, `${Undo}`. The emitter writes them; the embedded host, the goldens and DefinitionSubstitutions fill them in.
 * One call function per system from the first day: the names become logical ids, which are a contract.
 */
export const CORE = 'Core';
export const DEAD_LETTERS = 'DeadLetters';
/** The workflow's own undo machine, which an express execution hands its run over to. */
export const UNDO_MACHINE = 'Undo';

/** `payment-gateway` -> `CallPaymentGateway`. Two systems may collide; the plan refuses that. */
export function callPlaceholder(system: string): string {
  const words = system.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return `Call${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`;
}

export function placeholder(name: string): string {
  return `\${${name}}`;
}
