export { MemoryCallbacks, RecordedTokens } from '../../lib/rehearse/memory-callbacks.ts';
