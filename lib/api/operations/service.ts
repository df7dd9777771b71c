/** The service itself: what it can start, whether it works, how it is asked. */
import { own } from '../../model/json.ts';
import { apiDocument } from '../document.ts';
import { type ApiResponse, jsonResponse } from '../message.ts';
import type { ApiPorts, Called, Planned } from '../ports.ts';

export async function listWorkflows(_called: Called, { workflows }: ApiPorts): Promise<ApiResponse> {
  return jsonResponse(200, { workflows: (await workflows.all()).map(workflowView) });
}

function workflowView({ plan, planHash }: Planned): object {
  const { workflowId, integration, summary, mode } = plan;
  const inputSchema = own(plan.scopes, '')?.inputSchema;
  return {
    workflowId,
    integration,
    ...(summary !== undefined && { summary }),
    mode,
    planHash,
    ...(inputSchema !== undefined && { inputSchema }),
  };
}

/** It can take runs where its store answers and its workflows are in order; what hinders it is thrown. */
export async function getHealth(_called: Called, { operator, workflows, version }: ApiPorts): Promise<ApiResponse> {
  const [all] = await Promise.all([workflows.all(), operator.journal.list({ limit: 1 })]);
  return jsonResponse(200, { status: 'ok', version, workflows: all.length });
}

export function getDocument(_called: Called, _ports: ApiPorts): Promise<ApiResponse> {
  return Promise.resolve(jsonResponse(200, apiDocument()));
}
