export {
  MemoryBreakers,
  MemoryLocks,
  MemoryPermits,
  MemoryRates,
  MemorySharedValues,
} from '../../lib/rehearse/memory-protection.ts';
