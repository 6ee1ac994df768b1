/** Secrets Manager behind the endpoint: the operations that a function needs to read and to rotate a secret. */
import { arn } from '../template/attributes';
import type { JsonInput } from '../types';
import { type AwsService, jsonError, readJsonCall, ServiceError } from './aws-service';
import type { LocalSecret, Secrets, SecretVersion } from './secrets';

/** Makes the service over the secrets of a stack. */
export function secretsManagerService(secrets: Secrets): AwsService {
  return {
    name: 'secretsmanager',
    deniedStatus: 400,
    plan: (request) => {
      const { operation, input } = readJsonCall(request);
      const work = OPERATIONS.get(operation);
      if (!work)
        throw new ServiceError(
          400,
          'UnknownOperationException',
          `The local host does not carry out secretsmanager:${operation}.`,
        );
      const id = String(input.SecretId ?? '');
      const secret = secrets.find(id);
      return {
        operation,
        needs: [
          {
            action: `secretsmanager:${operation}`,
            resource: secret?.arn ?? (id.startsWith('arn:') ? id : arn('secretsmanager', `secret:${id}`)),
          },
        ],
        resources: [secret?.logicalId ?? id],
        carryOut: async () => {
          if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
          return { status: 200, body: JSON.stringify(work(secret, input, secrets)) };
        },
      };
    },
    error: jsonError('com.amazonaws.secretsmanager'),
  };
}

type Operation = (secret: LocalSecret, input: JsonInput, secrets: Secrets) => unknown;

const OPERATIONS = new Map<string, Operation>(
  Object.entries<Operation>({
    GetSecretValue: (secret, input) => {
      const { version, stage } = wanted(secret, input);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.versionId,
        SecretString: version.value,
        VersionStages: [stage],
        CreatedDate: version.createdAtSeconds,
      };
    },
    DescribeSecret: (secret) => ({
      ARN: secret.arn,
      Name: secret.name,
      CreatedDate: secret.createdAtSeconds,
      LastChangedDate: secret.current.createdAtSeconds,
      VersionIdsToStages: {
        [secret.current.versionId]: ['AWSCURRENT'],
        ...(secret.previous && { [secret.previous.versionId]: ['AWSPREVIOUS'] }),
      },
    }),
    PutSecretValue: (secret, input, secrets) => {
      if (typeof input.SecretString !== 'string')
        throw new ServiceError(
          400,
          'InvalidRequestException',
          'The local host keeps SecretString values only.',
        );
      const version = secrets.set(secret.logicalId, input.SecretString, input.ClientRequestToken);
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.versionId,
        VersionStages: ['AWSCURRENT'],
      };
    },
  }),
);

function wanted(secret: LocalSecret, input: JsonInput): { version: SecretVersion; stage: string } {
  const versions = [
    { version: secret.current, stage: 'AWSCURRENT' },
    ...(secret.previous ? [{ version: secret.previous, stage: 'AWSPREVIOUS' }] : []),
  ];
  const stage = input.VersionStage ?? (input.VersionId === undefined ? 'AWSCURRENT' : undefined);
  const found = versions.find(
    (candidate) =>
      (stage === undefined || candidate.stage === stage) &&
      (input.VersionId === undefined || candidate.version.versionId === input.VersionId),
  );
  if (!found)
    throw notFound(
      stage === undefined
        ? `Secrets Manager can't find the specified secret value for VersionId: ${input.VersionId}`
        : `Secrets Manager can't find the specified secret value for staging label: ${stage}`,
    );
  return found;
}

function notFound(message: string): ServiceError {
  return new ServiceError(400, 'ResourceNotFoundException', message);
}
