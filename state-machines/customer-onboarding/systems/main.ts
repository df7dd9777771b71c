/**
 * The three systems as a process of their own: `node main.ts [--port-base PORT] [--latency-ms MS]`. Verdicts go to the run
 * API at its usual port, or to `ONBOARDING_DEMO_RUN_API`.
 */
import { demoValues, type Values, valuesOver } from '../../order-fulfilment/systems/demo-values.ts';
import { runProcess } from '../../order-fulfilment/systems/process.ts';
import { CREDENTIAL_NAMES, startSystems } from './start.ts';
import { bring } from './webhook.ts';

function demo(): Values<(typeof CREDENTIAL_NAMES)[number]> {
  return demoValues(new URL('../environments/demo.env', import.meta.url), CREDENTIAL_NAMES);
}

runProcess({
  names: CREDENTIAL_NAMES,
  demo,
  start: (options) => {
    const given = valuesOver(demo(), CREDENTIAL_NAMES, process.env);
    const api = process.env['ONBOARDING_DEMO_RUN_API'] || 'http://127.0.0.1:4170';
    const webhook = {
      url: `${api}/webhooks/verdicts/checkCompleted`,
      secret: given.ONBOARDING_DEMO_VERDICT_SECRET,
      clock: options.clock,
    };
    return startSystems({
      ...options,
      clientId: given.ONBOARDING_DEMO_CORE_CLIENT_ID,
      clientSecret: given.ONBOARDING_DEMO_CORE_CLIENT_SECRET,
      vaultKey: given.ONBOARDING_DEMO_VAULT_KEY,
      identityToken: given.ONBOARDING_DEMO_IDENTITY_TOKEN,
      tell: (verdict) => void bring(verdict, webhook),
    });
  },
});
