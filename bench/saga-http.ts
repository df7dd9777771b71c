/** The HTTP client of the sagas that are code, and of the bench itself: node:http with connections kept alive. */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** An answer that is no success. */
export class Answered extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

export interface Posted {
  readonly port: number;
  readonly path: string;
  readonly value?: unknown;
  readonly headers?: { readonly [name: string]: string };
  readonly method?: 'GET' | 'POST';
}

/** Sends JSON to a port of this machine; gives the JSON of its answer. */
export function post({ port, path, value, headers = {}, method = 'POST' }: Posted): Promise<unknown> {
  const body = value === undefined ? '' : JSON.stringify(value);
  const sent = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, agent, headers: sent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode >= 400) reject(new Answered(statusCode));
        else resolve(text === '' ? undefined : JSON.parse(text));
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
