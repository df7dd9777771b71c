/** `interlock deploy-plan`: what a deploy would change, and for whom, before it does. */
import { deployChanges, type Planned } from '../../analyze/deploy-changes.ts';
import { failing } from '../../compile/compile.ts';
import { type Command, usageFailure } from '../command.ts';
import { COMPILE_OPTIONS, compileOperand, tellDiagnostics, tellRefused } from '../compiling.ts';
import { deployedPlans } from '../deployed-plans.ts';
import { ExitCode } from '../exit-code.ts';
import { DESCRIPTION_OPTIONS } from '../open-description.ts';
import { renderDeployChanges } from '../render-deploy-changes.ts';

export const deployPlanCommand: Command = {
  name: 'deploy-plan',
  summary: 'Say what a deploy would change, and for which runs.',
  operands: '[FILE|FOLDER]',
  operandRange: [0, 1],
  options: {
    deployed: {
      type: 'string',
      value: 'FOLDER',
      says: 'The cloud assembly (`cdk.out`) of what is deployed now.',
    },
    json: { type: 'boolean', says: 'Print one JSON object: workflows with what changes in each, and systems.' },
    ...COMPILE_OPTIONS,
    ...DESCRIPTION_OPTIONS,
  },
  examples: [
    {
      line: 'interlock deploy-plan state-machines/order-fulfilment --deployed ../deployed/cdk.out',
      says: 'Against the assembly of the release that is deployed.',
    },
  ],
  async run(invocation) {
    const { options, terminal } = invocation;
    const deployed = options.text('deployed');
    if (deployed === undefined)
      throw usageFailure('What is deployed now is not said', 'Name its cloud assembly: `--deployed FOLDER`.');
    const compiled = await compileOperand(invocation);
    if (failing(compiled.diagnostics)) return tellRefused(compiled, invocation);
    if (!options.flag('json')) tellDiagnostics(compiled, invocation);
    const integration = compiled.workflows[0]?.plan.integration ?? compiled.opened.integration ?? '';
    const all = deployedPlans(deployed);
    const standing = all.filter(({ plan }) => plan.integration === integration);
    if (standing.length === 0) terminal.error(`${integration} is not deployed there; ${namesIn(all)}\n`);
    const changes = deployChanges(standing, compiled.workflows);
    terminal.out(options.flag('json') ? `${JSON.stringify(changes)}\n` : renderDeployChanges(changes));
    return ExitCode.Ok;
  },
};

function namesIn(planned: readonly Planned[]): string {
  const names = [...new Set(planned.map(({ plan }) => plan.integration))].sort();
  return names.length === 0 ? 'nothing is' : `what is: ${names.join(', ')}`;
}
