/** `interlock approve`. */
import { answerCommand } from '../answering.ts';
import type { Command } from '../command.ts';

export const approveCommand: Command = answerCommand({
  verb: 'approve',
  summary: 'Approve a step that waits for a person, and give along what it asks for; the run goes on.',
  note: 'checked the customer',
});
