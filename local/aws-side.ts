/** Composes the AWS side of the local host: engine, tables, secrets, queues, policies, endpoint and event sources. */

import { type AwsCalls, answerAwsCall } from './aws/aws-call';
import { dynamodbService } from './aws/aws-dynamodb';
import { startAwsEndpoint } from './aws/aws-endpoint';
import { managementApiService, managementPath, webSocketStages } from './aws/aws-management-api';
import { secretsManagerService } from './aws/aws-secrets-manager';
import type { AwsService } from './aws/aws-service';
import { sqsService } from './aws/aws-sqs';
import { callersByAccessKey, environmentFor } from './aws/callers';
import { policiesByFunction } from './aws/iam';
import { createMeter } from './aws/meter';
import { createQueues } from './aws/queues';
import { createSecrets, secretReference } from './aws/secrets';
import { Switches } from './aws/switches';
import { type EventSources, prepareEventSources, readEventSources } from './events/event-sources';
import { invokePermissions } from './functions/permissions';
import { threadsOf } from './in-thread/threads';
import { type HeldFile, holdDataFile } from './tables/data-file';
import { type Engine, startEngine } from './tables/engine';
import { engineClient } from './tables/engine-client';
import { startExpiry } from './tables/expiry';
import { streamedEngine, TIME_TO_LIVE } from './tables/streamed-engine';
import { tableStreams } from './tables/table-stream';
import { createTables } from './tables/tables';
import { REGION, URL_SUFFIX } from './template/attributes';
import { resolverFor } from './template/intrinsics';
import { refuseUnknownResources } from './template/known-resources';
import { type UrlPairs, urlRewriter } from './template/urls';
import type { Assembly, AwsSide, ConnectionsBackend, Disturb, InThread, Resolver } from './types';

/** What the AWS side is made from. */
export interface AwsSideOptions {
  assembly: Assembly;
  connections: ConnectionsBackend;
  /** Keeps the tables in this file; in memory when left out. */
  dbFile?: string | undefined;
  /** Gives the value of a secret by its logical id, in place of a generated one. */
  secretValues?: (logicalId: string) => string | undefined;
  /**
   * Local stand-ins for the cloud's URLs, by how those begin, as `https://<apiId>.execute-api.…/<stage>`. Texts that
   * the template joins from them come out local. The WebSocket stages' management endpoints are added here.
   */
  urls?: (resolver: Resolver) => Record<string, string>;
  /** Takes what went wrong, a line each. */
  log(line: string): void;
}

/** Starts the AWS side. Throws one clear error for whatever it cannot stand in for, and leaves nothing running then. */
export async function startAwsSide(options: AwsSideOptions): Promise<AwsSide> {
  const { assembly, connections, log } = options;
  refuseUnknownResources(assembly.template);
  const urls: UrlPairs = [];
  const resolver = resolverFor(assembly.template, assembly.stackName, urlRewriter(urls), (reference) =>
    secretReference(secrets, reference),
  );
  // Secrets refer to nothing, and anything may refer to them.
  const secrets = createSecrets(resolver, options.secretValues);
  // Policies and permissions come first: they fail without starting anything.
  const policies = policiesByFunction(resolver);
  const mayInvoke = invokePermissions(resolver);
  const queues = createQueues(resolver);
  const stages = webSocketStages(resolver);
  const switches = new Switches();
  const meter = createMeter(switches);
  const services = new Map<string, AwsService>();
  const callers = callersByAccessKey(policies);

  let disturb: Disturb | undefined;
  const calls: AwsCalls = {
    services,
    callerByAccessKey: (key) => callers.get(key),
    meter,
    disturb: () => disturb,
    log,
  };
  const endpoint = await startAwsEndpoint(calls);
  const managementEndpoint = (apiId: string, stage: string) => endpoint.url + managementPath(apiId, stage);
  for (const { apiId, stage } of stages)
    urls.push([
      `https://${apiId}.execute-api.${REGION}.${URL_SUFFIX}/${stage}`,
      managementEndpoint(apiId, stage),
    ]);
  urls.push(...Object.entries(options.urls?.(resolver) ?? {}));

  let engine: Engine | undefined;
  let client: ReturnType<typeof engineClient> | undefined;
  let eventSources: EventSources | undefined;
  let held: HeldFile | undefined;
  let stopExpiry: (() => void) | undefined;
  let inThread: ((functionLogicalId: string) => InThread | undefined) | undefined;
  const stop = async () => {
    eventSources?.stop();
    await endpoint.stop();
    stopExpiry?.();
    client?.close();
    await engine?.stop();
    held?.release();
  };
  const side: AwsSide = {
    resolver,
    endpointUrl: endpoint.url,
    callsOf: (functionLogicalId) => ({
      answer: (request) => answerAwsCall(calls, request),
      inThread: inThread?.(functionLogicalId),
    }),
    dynamodbUrl: '',
    environmentFor: (functionLogicalId) => environmentFor(functionLogicalId, endpoint.url),
    meter,
    get disturb() {
      return disturb;
    },
    set disturb(wanted) {
      disturb = wanted;
      switches.disturbed = wanted !== undefined;
    },
    managementEndpoint,
    mayInvoke,
    secrets,
    messages: queues.messages,
    startEventSources: (invoke) => eventSources?.start(invoke),
    stop,
  };
  try {
    if (options.dbFile !== undefined) held = await holdDataFile(options.dbFile);
    engine = await startEngine({ dbFile: options.dbFile });
    held?.serves(engine.url);
    side.dynamodbUrl = engine.url;
    client = engineClient(engine.url, engine.isOurs);
    const tables = await createTables(resolver, client);
    const streams = tableStreams(tables);
    const engineOf = streamedEngine(client, tables, streams);
    stopExpiry = startExpiry(engineOf(TIME_TO_LIVE), tables, log);
    const sources = readEventSources({ resolver, tables, queues, policies });
    eventSources = prepareEventSources(sources, {
      streams,
      meter,
      disturb: () => disturb,
      log,
    });
    const streamed = [...streams].filter(([, stream]) => stream.isRead).map(([name]) => name);
    inThread = engine.isOurs
      ? threadsOf({ policies, tables, streamed, engine, switches, meter, log })
      : undefined;
    for (const service of [
      dynamodbService(engineOf(), tables, () => meter.enabled),
      secretsManagerService(secrets),
      sqsService(queues),
      managementApiService(stages, connections),
    ])
      services.set(service.name, service);
  } catch (error) {
    await stop();
    throw error;
  }
  return side;
}
