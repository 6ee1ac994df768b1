import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { env } from '../lambdas/aws/env';
import { version } from '../package.json';
import { PublicApi } from './api/public-api';
import { PairingFunction } from './functions/pairing-function';
import { Monitor } from './monitor/monitor';
import { Observability } from './observability/observability';
import { givenOptions, readOptions } from './options/options';
import { Places } from './places/places';
import { RegistrationToken } from './registration-token';
import { RelaySocket } from './relay/relay-socket';
import { Tables } from './tables/tables';

/** The whole system on one screen: what there is, and who may touch what. */
export class PairingStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    const options = readOptions(this.node);
    const { registration, accessCodeTtlSeconds, allowedOrigins, logRetentionDays, removalPolicy } = options;

    const tables = new Tables(this, 'Tables', { removalPolicy });
    const relay = new RelaySocket(this, 'Relay');
    const environment = { [env.allowedOrigins]: allowedOrigins.join(','), [env.version]: version };
    const http = (entry: string, description: string, timeout: Duration, more: { traced?: boolean } = {}) =>
      new PairingFunction(this, constructIdOf(entry), {
        entry,
        description,
        timeout,
        logRetentionDays,
        environment,
        ...more,
      });

    const health = http('health', 'GET /health', Duration.seconds(5));
    const register = http('register', 'Registers runtimes and issues access codes', Duration.seconds(29));
    const redeem = http('redeem', 'Turns an access code into a client token', Duration.seconds(29));
    const rpc = http(
      'rpc',
      "Carries an App's calls to its runtime and waits for the answers",
      Duration.minutes(15),
      { traced: true },
    );
    const replies = http(
      'replies',
      'Takes large replies of runtimes and gives them large params',
      Duration.seconds(29),
    );
    const status = http('status', 'Says whether a runtime is there', Duration.seconds(29));
    const pairings = http(
      'pairings',
      'Lets runtimes leave descriptors behind codes, and gives them away',
      Duration.seconds(29),
    );
    const gatewayAdmin = http(
      'gateway-admin',
      'What the holder of a relay secret decides',
      Duration.seconds(29),
    );
    const socket = new PairingFunction(this, 'Socket', {
      entry: 'socket',
      description: 'The relay socket: connects, frames, disconnects',
      timeout: Duration.seconds(29),
      logRetentionDays,
      reservedConcurrency: options.reservedSocketConcurrency,
    });

    const monitor = new Monitor(this, 'Monitor', { tables, relay, logRetentionDays, environment });

    tables.gateways.grant(register, 'GetItem', 'PutItem', 'UpdateItem');
    tables.codes.grant(register, 'PutItem', 'DeleteItem');

    tables.codes.grant(pairings, 'PutItem', 'DeleteItem');

    for (const fn of [pairings, redeem]) tables.attempts.grant(fn, 'BatchGetItem', 'UpdateItem');
    tables.codes.grant(redeem, 'GetItem', 'DeleteItem');
    tables.gateways.grant(redeem, 'GetItem', 'UpdateItem');
    tables.clients.grant(redeem, 'PutItem', 'Query');
    tables.connections.grant(redeem, 'DeleteItem', 'Query');
    relay.grant(redeem, 'GET', 'POST');

    tables.clients.grant(rpc, 'BatchGetItem', 'UpdateItem');
    tables.gateways.grant(rpc, 'BatchGetItem', 'GetItem', 'UpdateItem');
    tables.rpcs.grant(rpc, 'GetItem', 'PutItem', 'UpdateItem', 'Query');
    tables.connections.grant(rpc, 'DeleteItem', 'Query');
    relay.grant(rpc, 'GET', 'POST');

    tables.gateways.grant(replies, 'GetItem');
    tables.rpcs.grant(replies, 'GetItem', 'PutItem', 'UpdateItem');

    tables.clients.grant(status, 'BatchGetItem', 'UpdateItem');
    tables.gateways.grant(status, 'BatchGetItem', 'GetItem', 'UpdateItem');
    tables.connections.grant(status, 'DeleteItem', 'Query');
    relay.grant(status, 'GET', 'POST');

    tables.gateways.grant(gatewayAdmin, 'BatchGetItem', 'GetItem', 'UpdateItem', 'DeleteItem');
    tables.codes.grant(gatewayAdmin, 'PutItem', 'DeleteItem');
    tables.clients.grant(gatewayAdmin, 'BatchGetItem', 'Query', 'DeleteItem', 'BatchWriteItem');
    tables.connections.grant(gatewayAdmin, 'Query', 'DeleteItem');
    tables.rpcs.grant(gatewayAdmin, 'Query', 'BatchWriteItem');
    relay.grant(gatewayAdmin, 'DELETE');

    tables.clients.grant(socket, 'BatchGetItem', 'UpdateItem');
    tables.gateways.grant(socket, 'GetItem', 'BatchGetItem', 'UpdateItem');
    tables.connections.grant(socket, 'GetItem', 'PutItem', 'DeleteItem', 'Query');
    tables.codes.grant(socket, 'DeleteItem');
    tables.rpcs.grant(socket, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query');
    relay.grant(socket, 'POST', 'GET', 'DELETE');
    relay.serve(socket);

    const recording = [register, redeem, rpc, replies, pairings, gatewayAdmin, socket];
    for (const fn of recording) {
      tables.monitorEvents.grant(fn, 'PutItem');
      fn.addEnvironment(env.monitorRetentionHours, String(options.monitorRetentionHours));
    }

    for (const fn of [register, pairings, gatewayAdmin]) {
      fn.addEnvironment(env.accessCodeTtlSeconds, String(accessCodeTtlSeconds));
    }
    if (registration === 'token') {
      const token = new RegistrationToken(this, 'RegistrationToken', { removalPolicy });
      for (const fn of [register, pairings, monitor.api]) token.grantRead(fn);
      new CfnOutput(this, 'RegistrationTokenArn', { value: token.secret.secretArn });
    }

    const functions = {
      health,
      pairings,
      register,
      redeem,
      rpc,
      replies,
      status,
      'gateway-admin': gatewayAdmin,
      monitor: monitor.api,
      'monitor-page': monitor.page,
    };
    const api = new PublicApi(this, 'PublicApi', {
      functions,
      allowedOrigins,
      throttle: { rate: options.throttleRate, burst: options.throttleBurst },
      webAclArn: options.webAclArn?.includes(':regional/') ? options.webAclArn : undefined,
    });
    const places = new Places(this, 'Places', options, api, relay);
    for (const fn of [register, redeem]) fn.addEnvironment(env.relayUrlTemplate, places.relayUrlTemplate);
    for (const fn of [rpc, socket]) fn.addEnvironment(env.publicUrl, places.publicUrl);
    monitor.api.addEnvironment(env.relayUrl, places.relayUrl);
    places.trustEdge(...Object.values(functions), socket);
    new Observability(this, 'Observability', {
      functions: this.node.findAll().filter((node) => node instanceof PairingFunction),
      fanOut: monitor.push.fanOut,
      deadLetters: monitor.push.failures,
      alarmEmail: options.alarmEmail,
    });
    new CfnOutput(this, 'Options', { value: JSON.stringify(givenOptions(this.node)) });
    new CfnOutput(this, 'PublicUrl', { value: places.publicUrl });
    new CfnOutput(this, 'RelayUrl', { value: places.relayUrl });
  }
}

/** `gateway-admin` becomes `GatewayAdmin`. */
function constructIdOf(entry: string): string {
  return entry.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
