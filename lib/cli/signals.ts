/**
 * Being told to stop: once politely; whoever asks a second time means it, and the process ends as if nobody listened. One key
 * press often arrives twice, from the terminal and from what started the command: what comes at once is one.
 */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const AT_ONCE_MS = 500;

export function signalled(): { readonly signal: Promise<string>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  const hear = (signal: string): void => {
    setTimeout(forget, AT_ONCE_MS).unref();
    resolve(signal);
  };
  const forget = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, hear);
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return { signal: promise, forget };
}
