import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { grantAccess } from './access';
import { PublicApi } from './api/public-api';
import { makeFunctions } from './functions/functions';
import { Monitor } from './monitor/monitor';
import { Observability } from './observability/observability';
import { givenOptions, readOptions } from './options/options';
import { Places } from './places/places';
import { RegistrationToken } from './registration-token';
import { GuardQueue } from './relay/guard-queue';
import { RelaySocket } from './relay/relay-socket';
import { tellSettings } from './settings';
import { Tables } from './tables/tables';

/** The whole system: what there is. Who may touch what stands in `access.ts`, who is told what in `settings.ts`. */
export class PairingStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const options = readOptions(this.node);

    const tables = new Tables(this, 'Tables', options);
    const relay = new RelaySocket(this, 'Relay', options);
    const guards = new GuardQueue(this, 'GuardQueue');
    const token =
      options.registration === 'token'
        ? new RegistrationToken(this, 'RegistrationToken', options)
        : undefined;
    const monitor = new Monitor(this, 'Monitor', { tables, options });
    const functions = { ...makeFunctions(this, options), ...monitor.functions };
    grantAccess(functions, { tables, relay, guards, token });

    relay.serve(functions.socket);
    guards.serve(functions.guard);
    const api = new PublicApi(this, 'PublicApi', { functions, options });
    const places = new Places(this, 'Places', options, api, relay);
    tellSettings(functions, options, places);

    new Observability(this, 'Observability', {
      functions: Object.values(functions),
      fanOut: functions['monitor-fan-out'],
      deadLetters: monitor.failures,
      deadGuards: guards.failures,
      alarmEmail: options.alarmEmail,
    });
    this.output('Options', JSON.stringify(givenOptions(this.node)));
    this.output('PublicUrl', places.publicUrl);
    this.output('RelayUrl', places.relayUrl);
    if (token) this.output('RegistrationTokenArn', token.secret.secretArn);
  }

  private output(name: string, value: string): void {
    new CfnOutput(this, name, { value });
  }
}
