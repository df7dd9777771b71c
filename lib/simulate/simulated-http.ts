/**
 * The HTTP port over simulated systems: each system has a server of its own under a name that no network knows, so a
 * request that names another place is refused as one that could not be sent. Answers at once; latency and faults are
 * the rehearsal's.
 */
import type { Json } from '../model/json.ts';
import type { Http, HttpAnswer, HttpRequest } from '../runtime/ports/http.ts';
import { answerText } from './answer-text.ts';
import type { SimulatedSystems } from './simulated-systems.ts';

const SUFFIX = '.simulated.invalid';

/** What an environment names as the server of a simulated system. */
export function simulatedServer(system: string): string {
  return `http://${encodeURIComponent(system).toLowerCase().replaceAll('%', '-')}${SUFFIX}`;
}

export class SimulatedHttp implements Http {
  private readonly systems: SimulatedSystems;
  private readonly byHost: ReadonlyMap<string, string>;

  constructor(systems: SimulatedSystems, names: readonly string[]) {
    this.systems = systems;
    this.byHost = new Map(names.map((name) => [new URL(simulatedServer(name)).host, name]));
  }

  send(request: HttpRequest): Promise<HttpAnswer> {
    const url = new URL(request.url);
    const system = this.byHost.get(url.host);
    if (system === undefined) return Promise.resolve(tokenFor(request) ?? { kind: 'not-sent', why: 'dns' });
    const said = bodyOf(request);
    const answer = this.systems.answer({
      system,
      method: request.method,
      path: url.pathname,
      query: new Map(url.searchParams),
      ...(said !== undefined && { body: said }),
    });
    const contentType = answer.contentType === undefined ? [] : [['content-type', answer.contentType] as const];
    return Promise.resolve(response(request, answer.status, contentType, answer.body));
  }
}

function response(
  request: HttpRequest,
  status: number,
  headers: readonly (readonly [string, string])[],
  body: Json | undefined,
): HttpAnswer {
  const contentType = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  const text = body === undefined ? '' : answerText(contentType, body);
  return { kind: 'response', status, headers, body: new TextEncoder().encode(text), url: request.url };
}

/** A token endpoint is no operation of the document: any client gets a token that opens the simulated systems. */
function tokenFor(request: HttpRequest): HttpAnswer | undefined {
  const body = request.body === undefined ? '' : new TextDecoder().decode(request.body);
  if (request.method !== 'POST' || !body.includes('grant_type=')) return undefined;
  const token = { access_token: 'simulated', token_type: 'Bearer', expires_in: 3600 };
  return response(request, 200, [['content-type', 'application/json']], token);
}

function bodyOf(request: HttpRequest): Json | undefined {
  if (request.body === undefined) return undefined;
  try {
    const parsed: Json = JSON.parse(new TextDecoder().decode(request.body));
    return parsed;
  } catch {
    return undefined;
  }
}
