/** `interlock reject`. */
import { answerCommand } from '../answering.ts';
import type { Command } from '../command.ts';

export const rejectCommand: Command = answerCommand({
  verb: 'reject',
  summary: 'Reject a step that waits for a person: it fails without having done anything.',
  note: 'over the limit',
});
