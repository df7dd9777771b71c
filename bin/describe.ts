/** The compiler's process for a construct (lib/constructs/describe-in-child.ts): description and environment in, JSON out. */
import { Options } from '../lib/cli/command.ts';
import { exitCodeOf, renderError } from '../lib/cli/exit-code.ts';
import { openDescription } from '../lib/cli/open-description.ts';
import { describeIntegration } from '../lib/constructs/describe-integration.ts';

const [description = '.', environment = 'aws'] = process.argv.slice(2);
try {
  const described = await describeIntegration({ ...openDescription(description, new Options({})), environment });
  process.stdout.write(JSON.stringify(described));
} catch (error) {
  process.stderr.write(renderError(error));
  process.exitCode = exitCodeOf(error);
}
