export { MemoryJournal } from '../../lib/rehearse/memory-journal.ts';
