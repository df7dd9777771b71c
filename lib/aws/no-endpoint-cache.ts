/**
 * DynamoDB's client can look up other endpoints for its requests and remember them, which nobody who does not ask for it gets. In
 * the bundles this stands in for what it remembers them by (scripts/bundle.ts): 7 KB that each start would read for nothing.
 * Names as in `@aws-sdk/endpoint-cache`; it remembers nothing, so whoever did ask would ask each time.
 */
export class EndpointCache {
  getEndpoint(): undefined {
    return undefined;
  }

  get(): undefined {
    return undefined;
  }

  has(): boolean {
    return false;
  }

  set(): void {}

  delete(): void {}

  clear(): void {}
}
