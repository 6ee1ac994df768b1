/** The local host as a process of its own, so that its memory and its work are its alone. Argument: the assembly. */
import { startHost } from '../../local/host';
import { registrationToken } from '../../test/support/relay';
import { answerParent } from './child-process';

const [directory] = process.argv.slice(2);
if (!directory) throw new Error('host-process.ts needs the directory of an assembly.');

void startHost({ directory, token: registrationToken, throttle: false, onLog: () => {} }).then(
  async (host) => {
    host.aws.meter.enabled = false;
    answerParent(host.url, () => host.stop());
  },
);
