/** The systems of the canaries as a run's place in this process: their HTTP without a network, their credentials at hand. */
// Loaded before virtual time begins, which does not wait for a disk.
import '@smithy/signature-v4';
import 'ajv/dist/2020.js';
import 're2js';
import type { Place } from '../../lib/embedded/places.ts';
import type { HttpRequest } from '../../lib/runtime/ports/http.ts';
import { AUTH, AWS_KEYS, BANK_AUTH, type CanarySystems, CREDENTIALS, type Heard } from './canaries.ts';

export function explicitPlace(systems: CanarySystems): Place {
  return {
    scope: 'canaries',
    environments: {
      system: (name) =>
        name === 'bank'
          ? { server: 'https://bank.invalid', auth: BANK_AUTH }
          : { server: 'http://vault.invalid', auth: AUTH },
    },
    secrets: {
      awsKeys: () => Promise.resolve(AWS_KEYS),
      resolve: (ref) => Promise.resolve('env' in ref ? (CREDENTIALS[ref.env] ?? '') : ''),
    },
    http: {
      send(request) {
        const { status, body } = systems.answer(heardOf(request));
        return Promise.resolve({
          kind: 'response',
          status,
          headers: [['content-type', 'application/json']],
          body: new TextEncoder().encode(JSON.stringify(body)),
          url: request.url,
        });
      },
    },
  };
}

function heardOf({ method, url, headers, body }: HttpRequest): Heard {
  const { pathname, search } = new URL(url);
  const text = [...headers.map(([name, value]) => `${name}: ${value}`), new TextDecoder().decode(body)].join('\n');
  return { method, path: pathname, text: `${pathname}${search}\n${text}` };
}
