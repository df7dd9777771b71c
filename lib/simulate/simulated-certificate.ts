/**
 * A certificate of nobody with its key, for simulated systems that want one: a request is looked at as far as the pair
 * belongs together, and nothing is connected to. It is in every copy of this package and opens nothing anywhere.
 */
export const SIMULATED_CERTIFICATE: string = [
  '-----BEGIN CERTIFICATE-----',
  'MIIBfzCCASWgAwIBAgIUEVwxpRtaELBYhd7K1HHJAAmoC0owCgYIKoZIzj0EAwIw',
  'FDESMBAGA1UEAwwJc2ltdWxhdGVkMCAXDTI2MTEyNzIzMDQxM1oYDzIxMjYxMTAz',
  'MjMwNDEzWjAUMRIwEAYDVQQDDAlzaW11bGF0ZWQwWTATBgcqhkjOPQIBBggqhkjO',
  'PQMBBwNCAAQ1kFC6yVtklJ/hz0evawCZuA3d9UjvqRqrckexwgGPek68eRgpirq7',
  '5qIR5ynFIuK+tMOWikY0N44e1tXtfViCo1MwUTAdBgNVHQ4EFgQU0hZa41b+aivN',
  'iy5wheNDZoFc9PEwHwYDVR0jBBgwFoAU0hZa41b+aivNiy5wheNDZoFc9PEwDwYD',
  'VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiB7cIAlecAjpfbCk3a/RC9i',
  '4AmOpB8olvE0hk1jVrxZQgIhAISwWe5Bpg9wX0MFkmUUep8FUORptI0K/uLK9ZIj',
  'tCMR',
  '-----END CERTIFICATE-----',
].join('\n');

export const SIMULATED_KEY: string = [
  '-----BEGIN PRIVATE KEY-----',
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi35EIYxMGMxV2jWY',
  'HrFypvvKzy7O0XhBzJpLLjKGUSKhRANCAAQ1kFC6yVtklJ/hz0evawCZuA3d9Ujv',
  'qRqrckexwgGPek68eRgpirq75qIR5ynFIuK+tMOWikY0N44e1tXtfViC',
  '-----END PRIVATE KEY-----',
].join('\n');
