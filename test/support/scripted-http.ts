/** The HTTP port from a script: each request takes the next answer of its host and path, or of `*`, and is remembered. */
import type { Json } from '../../lib/model/json.ts';
import type { Http, HttpAnswer, HttpLimits, HttpRequest } from '../../lib/runtime/ports/http.ts';

export type Scripted = HttpAnswer | ((request: HttpRequest, limits: HttpLimits) => HttpAnswer | Promise<HttpAnswer>);

export class ScriptedHttp implements Http {
  readonly requests: HttpRequest[] = [];
  private readonly script = new Map<string, Scripted[]>();

  /** The last answer of a list is given for ever. */
  on(path: string, ...answers: readonly Scripted[]): this {
    this.script.set(path, [...answers]);
    return this;
  }

  async send(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer> {
    this.requests.push(request);
    const { pathname } = new URL(request.url);
    const answers = this.script.get(pathname) ?? this.script.get('*');
    if (!answers) throw new Error(`nobody answers ${request.method} ${request.url}`);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) throw new Error(`no answer is left for ${request.method} ${request.url}`);
    return typeof answer === 'function' ? await answer(request, limits) : answer;
  }

  /** What the request carried as its body, read as JSON. */
  body(index: number): unknown {
    const { body } = this.request(index);
    return body === undefined ? undefined : JSON.parse(new TextDecoder().decode(body));
  }

  header(index: number, name: string): string | undefined {
    return this.request(index).headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  }

  request(index: number): HttpRequest {
    const request = this.requests.at(index);
    if (!request) throw new Error(`there was no request ${index}`);
    return request;
  }
}

export function answered(status: number, body?: Json, headers: { readonly [name: string]: string } = {}): HttpAnswer {
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  return {
    kind: 'response',
    status,
    headers: Object.entries({ ...type, ...headers }),
    body: new TextEncoder().encode(body === undefined ? '' : JSON.stringify(body)),
    url: 'https://scripted.test/',
  };
}

/** With a body as it stands, whatever its type says. */
export function worded(status: number, type: string, text: string): HttpAnswer {
  const body = new TextEncoder().encode(text);
  return { kind: 'response', status, headers: [['content-type', type]], body, url: 'https://scripted.test/' };
}
