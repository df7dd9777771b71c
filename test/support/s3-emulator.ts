/**
 * A bucket on loopback (fauxqs, in this process). It does not know `If-None-Match` of a PutObject, by which the service
 * lets one of several writers win; the clients' transport here answers for it as the service does.
 */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { startFauxqs } from 'fauxqs';

export interface S3Emulator {
  readonly bucket: string;
  config(): S3ClientConfig;
  stop(): Promise<void>;
}

type Transport = Pick<S3Client['config']['requestHandler'], 'handle'>;

export async function startS3(): Promise<S3Emulator> {
  const bucket = 'blobs-of-tests';
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, init: { buckets: [bucket] } });
  const base: S3ClientConfig = {
    endpoint: `http://127.0.0.1:${server.port}`,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const { requestHandler } = new S3Client(base).config;
  const written = new Set<string>();
  return {
    bucket,
    config: () => ({ ...base, requestHandler: onceEach(requestHandler, written) }),
    async stop() {
      requestHandler.destroy?.();
      await server.stop();
    },
  };
}

function onceEach(inner: Transport, written: Set<string>): Transport {
  return {
    handle(request, options) {
      if (request.headers['if-none-match'] !== '*') return inner.handle(request, options);
      if (written.has(request.path)) return Promise.resolve({ response: preconditionFailed() });
      written.add(request.path);
      return inner.handle(request, options);
    },
  };
}

function preconditionFailed(): Awaited<ReturnType<Transport['handle']>>['response'] {
  const body = '<?xml version="1.0"?><Error><Code>PreconditionFailed</Code><Message>exists</Message></Error>';
  const headers = { 'content-type': 'application/xml' };
  return { statusCode: 412, headers, body: new Blob([body]).stream() };
}
