/** The three systems as a process of their own: `node main.ts [--port-base PORT] [--latency-ms MS]`. */
import { demoValues, type Values, valuesOver } from '../../order-fulfilment/systems/demo-values.ts';
import { runProcess } from '../../order-fulfilment/systems/process.ts';
import { CREDENTIAL_NAMES, startSystems } from './start.ts';

function demo(): Values<(typeof CREDENTIAL_NAMES)[number]> {
  return demoValues(new URL('../environments/demo.env', import.meta.url), CREDENTIAL_NAMES);
}

runProcess({
  names: CREDENTIAL_NAMES,
  demo,
  start: (options) => {
    const given = valuesOver(demo(), CREDENTIAL_NAMES, process.env);
    return startSystems({
      ...options,
      supplierKey: given.CATALOGUE_DEMO_SUPPLIER_KEY,
      shopToken: given.CATALOGUE_DEMO_SHOP_TOKEN,
    });
  },
});
