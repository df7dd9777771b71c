/** One program, from its start to its end, within a bound of time and of what it may say. */
import { spawn } from 'node:child_process';

export interface Said {
  /** Null where it was ended, by us or by the system. */
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
  readonly isLate: boolean;
}

export interface Call {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly patienceMs: number;
}

/** Of each stream; what is beyond is dropped. */
const MOST_BYTES = 4 * 1024 * 1024;

export async function said(program: string, words: readonly string[], { cwd, env, patienceMs }: Call): Promise<Said> {
  const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let isLate = false;
  const watch = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, patienceMs);
  const [out, error] = [kept(child.stdout), kept(child.stderr)];
  try {
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once('close', resolve).once('error', reject),
    );
    return { code, out: out(), error: error(), isLate };
  } finally {
    clearTimeout(watch);
  }
}

function kept(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= MOST_BYTES) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString();
}
