/** The CDK app: one stack. `-c key=value` sets an option; they are listed in `lib/options/option-definitions.ts`. */
import { App } from 'aws-cdk-lib';
import { readOptions } from '../lib/options/options';
import { PairingStack } from '../lib/pairing-stack';

const app = new App();
try {
  new PairingStack(app, readOptions(app.node).stackName, {
    description: 'AgentTown pairing server: relay, descriptor rendezvous and monitor for AI-agent runtimes',
  });
} catch (error) {
  // A wrong option is the operator's to mend: one sentence, no stack.
  console.error((error as Error).message);
  process.exit(1);
}
