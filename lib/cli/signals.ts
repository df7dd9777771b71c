/** Being told to stop: once politely; whoever asks a second time means it, and the process ends as if nobody listened. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function signalled(): { readonly signal: Promise<string>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  const hear = (signal: string): void => {
    forget();
    resolve(signal);
  };
  const forget = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, hear);
  };
  for (const signal of SIGNALS) process.once(signal, hear);
  return { signal: promise, forget };
}
