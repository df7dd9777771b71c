/** The real command over loopback: what it prints and what it leaves in its data folder, searched for every secret. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AUTH, BANK, BANK_AUTH, CanarySystems, CREDENTIALS, FILES, found, INPUT, PUBLIC } from '../support/canaries.ts';
import { inFolder, interlock, type Said } from '../support/command-line.ts';

async function withSystems<T>(refusing: boolean, work: (servers: Servers) => Promise<T>): Promise<T> {
  const systems = new CanarySystems(refusing);
  const answer: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = `${request.url}\n${request.rawHeaders.join('\n')}\n${Buffer.concat(chunks).toString()}`;
      const { status, body } = systems.answer({ method: request.method ?? '', path: request.url ?? '', text });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  };
  const vault = createServer(answer);
  const bank = createTlsServer({ ...BANK, requestCert: true, rejectUnauthorized: true }, answer);
  try {
    return await work({ vault: `http://${await listening(vault)}`, bank: `https://${await listening(bank)}` });
  } finally {
    await closed(vault);
    await closed(bank);
  }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Servers {
  readonly vault: string;
  readonly bank: string;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

interface Sung {
  readonly folder: string;
  readonly data: string;
  readonly said: Said;
}

async function sing(folder: string, { vault, bank }: Servers, more: readonly string[] = []): Promise<Sung> {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'environments'));
  writeFileSync(
    join(folder, 'environments/local.yaml'),
    JSON.stringify({
      systems: { vault: { server: vault, auth: AUTH }, bank: { server: bank, auth: BANK_AUTH } },
    }),
  );
  writeFileSync(join(folder, 'input.json'), JSON.stringify(INPUT));
  const data = join(folder, 'data');
  const words = ['run', folder, '-i', `@${join(folder, 'input.json')}`, '--id', 'r-1', '--data', data, ...more];
  return { folder, data, said: await interlock(words, { env: CREDENTIALS }) };
}

/** Everything in the data folder but the blobs. */
function told(data: string): readonly string[] {
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter((one) => !one.startsWith('blobs.db'));
  return files.flatMap((one) => (statSync(join(data, one)).isFile() ? found(readFileSync(join(data, one))) : []));
}

describe('the command of a failing run', () => {
  it('prints no secret and leaves none in its data folder, beside the blobs', async () => {
    await inFolder(async (folder) => {
      await withSystems(true, async (server) => {
        const { said, data } = await sing(folder, server);
        expect(said).toMatchObject({ code: 1, out: expect.stringContaining('needs-attention') });
        const shown = await interlock(['runs', 'r-1', '--data', data]);
        const asJson = await interlock(['runs', 'r-1', '--json', '--data', data]);
        const machine = await interlock(['compile', folder]);
        for (const { out, error } of [said, shown, asJson, machine]) expect(found(out + error)).toEqual([]);
        expect(told(data)).toEqual([]);
      });
    });
  });

  it('names the place and not the text of an input that is no JSON', async () => {
    await inFolder(async (folder) => {
      const broken = `{"password": "${String(INPUT['password'])}" x}`;
      const said = await interlock([
        'run',
        'state-machines/order-fulfilment',
        '--simulate',
        '-i',
        broken,
        '--data',
        folder,
      ]);
      expect(said.code).toBe(2);
      expect(said.error).toContain('--input is not JSON (line 1, column ');
      expect(found(said.error)).toEqual([]);
    });
  });

  it('names the member and not the value of a sensitive input that breaks its schema', async () => {
    await inFolder(async (folder) => {
      await withSystems(true, async (server) => {
        await sing(folder, server);
        const wrong = { ...INPUT, card: String(INPUT['password']), user: 5 };
        const words = ['run', folder, '-i', JSON.stringify(wrong), '--data', join(folder, 'data')];
        const said = await interlock(words, { env: CREDENTIALS });
        expect(said.code).toBe(1);
        expect(said.error).toContain('/card must be object');
        expect(said.error).toContain('/user must be string, got 5');
        expect(found(said.error)).toEqual([]);
      });
    });
  });
});

describe('the command of a run that goes well', () => {
  it('prints marks for sensitive outputs, large ones whole, and the values with --reveal', async () => {
    await inFolder(async (folder) => {
      await withSystems(false, async (server) => {
        const { said, data } = await sing(folder, server, ['--json']);
        expect(said.code).toBe(0);
        expect(found(said.out + said.error)).toEqual([]);
        const { outputs } = JSON.parse(said.out) as { readonly outputs: { readonly filler: string } };
        expect(outputs.filler === PUBLIC.filler).toBe(true);
        expect(outputs).toMatchObject({ token: { sensitive: true }, named: { sensitive: true } });
        const revealed = await interlock(['runs', 'r-1', '--json', '--reveal', '--data', data]);
        expect(JSON.parse(revealed.out)).toMatchObject({ outputs: { account: INPUT['account'] } });
        expect(found(revealed.out)).toHaveLength(3);
        expect(told(data)).toEqual([]);
      });
    });
  });
});
