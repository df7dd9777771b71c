/**
 * What Lambda's Node.js runtime does, as a process: it imports the handler that `_HANDLER` names from the code's folder,
 * then asks the Runtime API for one invocation after the other. An error leaves with its name as its type, which is what
 * a machine's Retry and Catch match on. It knows nothing of our handlers and takes nothing but what Lambda gives.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: object) => Promise<unknown>;

const { AWS_LAMBDA_RUNTIME_API = '', LAMBDA_TASK_ROOT = '', _HANDLER = '' } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

const handler = await imported();
for (;;) await serveNext(handler);

async function imported(): Promise<Handler> {
  const [file = '', name = ''] = _HANDLER.split('.');
  try {
    const module = (await import(pathToFileURL(join(LAMBDA_TASK_ROOT, `${file}.mjs`)).href)) as Record<string, Handler>;
    const found = module[name];
    if (found === undefined) throw new Error(`${file}.mjs has no export ${name}`);
    return found;
  } catch (error) {
    await post('init/error', reported(error));
    throw error;
  }
}

async function serveNext(serve: Handler): Promise<void> {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id') ?? '';
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    // Undefined is no JSON; Lambda answers null for it.
    await post(`invocation/${id}/response`, (await serve(await next.json(), context)) ?? null);
  } catch (error) {
    await post(`invocation/${id}/error`, reported(error));
  }
}

async function post(path: string, body: unknown): Promise<void> {
  await fetch(`${api}/${path}`, { method: 'POST', body: JSON.stringify(body) });
}

function reported(error: unknown): object {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}
