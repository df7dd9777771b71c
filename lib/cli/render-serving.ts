/** What a server says of itself when it is ready: where it is, what it serves, and a line to try. */
import type { Json } from '../model/json.ts';

export interface ServingView {
  readonly url: string;
  readonly workflows: readonly string[];
  readonly example?: { readonly workflowId: string; readonly input: Json };
}

const SHOWN = 20;

export function renderServing({ url, workflows, example }: ServingView): string {
  const more = workflows.length > SHOWN ? [`  and ${workflows.length - SHOWN} more`] : [];
  const lines = [
    `The run API is at ${url} (this machine only); its document is at ${url}/openapi.json`,
    '',
    ...workflows.slice(0, SHOWN).map((id) => `  POST ${url}/workflows/${encodeURIComponent(id)}/runs`),
    ...more,
    ...(example ? ['', 'Try it:', `  ${curlLine(url, example)}`] : []),
    '',
    'Ctrl+C stops it; what is under way is durable.',
  ];
  return `${lines.join('\n')}\n`;
}

function curlLine(url: string, { workflowId, input }: NonNullable<ServingView['example']>): string {
  const body = JSON.stringify({ input }).replaceAll("'", String.raw`'\''`);
  const target = `${url}/workflows/${encodeURIComponent(workflowId)}/runs`;
  return `curl ${target} -H 'content-type: application/json' -H 'prefer: wait=10' -d '${body}'`;
}
