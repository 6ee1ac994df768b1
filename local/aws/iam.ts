/**
 * Identity policies, evaluated as IAM does: an explicit Deny wins, then any Allow, else the call is refused.
 * Whatever a policy holds that is not understood here stops the start: a call must never pass by misreading.
 */
import { arn } from '../template/attributes';
import { wildcard } from '../template/wildcards';
import type { Resolver } from '../types';

/** What a call tells a policy's conditions. Missing keys count as absent. */
export type RequestContext = Readonly<Record<string, readonly string[]>>;

/** What policies are made from: plain data, so that a thread can make them again. */
export interface PolicySource {
  /** `arn:aws:sts::…:assumed-role/<role>/<session>`, as AWS names the caller in a refusal. */
  callerArn: string;
  /** Each policy's document, and where it stands. */
  documents: Array<{ where: string; document: Document }>;
}

/** The policies of one role. */
export interface Policies extends PolicySource {
  allows(action: string, resource: string, context?: RequestContext): boolean;
}

/** Managed policies that a function's role may carry: what they allow is nothing that passes this host. */
const MANAGED = /:policy\/service-role\/AWSLambdaBasicExecutionRole$/;

/** Condition keys that the host fills in; see `dynamodb-authorization.ts`. */
const CONDITION_KEYS = new Set(['dynamodb:LeadingKeys']);

const ROLE_PROPERTIES = new Set([
  'AssumeRolePolicyDocument',
  'Policies',
  'ManagedPolicyArns',
  'RoleName',
  'Description',
  'MaxSessionDuration',
  'Path',
  'Tags',
]);

type OneOrMany<T> = T | T[];
interface Document {
  Statement: OneOrMany<Record<string, unknown>>;
}
interface Statement {
  effect: 'Allow' | 'Deny';
  actions: RegExp[];
  resources: RegExp[];
  conditions: Array<(context: RequestContext) => boolean>;
}

/** Compiles the policies of every function, by the function's logical id. */
export function policiesByFunction(resolver: Resolver): Map<string, Policies> {
  const functions = resolver.ofType<{ Role: string }>('AWS::Lambda::Function');
  return new Map(
    functions.map(({ logicalId, properties }) => [
      logicalId,
      policiesOfRole(resolver, properties.Role, resolver.ref(logicalId)),
    ]),
  );
}

function policiesOfRole(resolver: Resolver, roleArn: string, session: string): Policies {
  const roles = resolver.ofType<Record<string, unknown>>('AWS::IAM::Role');
  const role = roles.find(({ logicalId }) => arn('iam', `role/${resolver.ref(logicalId)}`, '') === roleArn);
  if (!role) throw new Error(`The stack has no role ${roleArn}, so its permissions are unknown.`);
  for (const property of Object.keys(role.properties))
    if (!ROLE_PROPERTIES.has(property))
      throw new Error(`The local host does not know the property ${property} of the role ${role.logicalId}.`);
  for (const managed of (role.properties.ManagedPolicyArns ?? []) as string[])
    if (!MANAGED.test(managed))
      throw new Error(`The local host does not know what ${managed}, on the role ${role.logicalId}, allows.`);
  const inline = (role.properties.Policies ?? []) as Array<{ PolicyName: string; PolicyDocument: Document }>;
  const roleName = resolver.ref(role.logicalId);
  return policiesOf({
    callerArn: `arn:aws:sts::${roleArn.split(':')[4]}:assumed-role/${roleName}/${session}`,
    documents: [
      ...inline.map((policy) => ({
        where: `${role.logicalId}/${policy.PolicyName}`,
        document: policy.PolicyDocument,
      })),
      ...attachedTo(resolver, roleName),
    ],
  });
}

/** Needs that were looked up once; a function that names ever new resources starts over. */
const MAX_KNOWN_NEEDS = 1_000;

/** Compiles policies. Throws on whatever is not understood here. */
export function policiesOf(source: PolicySource): Policies {
  const statements = source.documents.flatMap(({ where, document }) =>
    [document.Statement].flat().map((raw) => compile(raw, where)),
  );
  /** By action and resource: the statements that speak of them, of which each call asks the conditions. */
  const known = new Map<string, Statement[]>();
  const about = (action: string, resource: string): Statement[] => {
    const need = `${action} ${resource}`;
    const found = known.get(need) ?? statements.filter((statement) => speaksOf(statement, action, resource));
    if (known.size >= MAX_KNOWN_NEEDS) known.clear();
    known.set(need, found);
    return found;
  };
  return {
    ...source,
    allows: (action, resource, context = {}) => {
      const effects = about(action, resource)
        .filter(({ conditions }) => conditions.every((holds) => holds(context)))
        .map(({ effect }) => effect);
      return effects.includes('Allow') && !effects.includes('Deny');
    },
  };
}

function attachedTo(resolver: Resolver, roleName: string) {
  return resolver
    .ofType<{ Roles?: string[]; Users?: unknown; Groups?: unknown; PolicyDocument: Document }>(
      'AWS::IAM::Policy',
    )
    .filter(({ properties }) => properties.Roles?.includes(roleName))
    .map(({ logicalId, properties }) => ({ where: logicalId, document: properties.PolicyDocument }));
}

const STATEMENT_KEYS = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition']);

function compile(raw: Record<string, unknown>, where: string): Statement {
  for (const key of Object.keys(raw))
    if (!STATEMENT_KEYS.has(key))
      throw new Error(`The local host does not know ${key} in the policy ${where}.`);
  if (raw.Effect !== 'Allow' && raw.Effect !== 'Deny')
    throw new Error(`A statement in the policy ${where} has the effect ${JSON.stringify(raw.Effect)}.`);
  return {
    effect: raw.Effect,
    actions: patterns(raw.Action, where).map((pattern) => wildcard(pattern, 'i')),
    resources: patterns(raw.Resource, where).map((pattern) => wildcard(pattern)),
    conditions: Object.entries(
      (raw.Condition ?? {}) as Record<string, Record<string, OneOrMany<string>>>,
    ).flatMap(([operator, tests]) =>
      Object.entries(tests).map(([key, values]) => compileCondition(operator, key, [values].flat(), where)),
    ),
  };
}

function patterns(value: unknown, where: string): string[] {
  const list = [value].flat();
  for (const pattern of list) {
    if (typeof pattern !== 'string') throw new Error(`The policy ${where} holds ${JSON.stringify(pattern)}.`);
    if (pattern.includes('${'))
      throw new Error(`The local host knows no policy variable: ${pattern} in ${where}.`);
  }
  return list as string[];
}

function compileCondition(operator: string, key: string, values: string[], where: string) {
  if (!CONDITION_KEYS.has(key))
    throw new Error(`The local host does not know the condition key ${key} in ${where}.`);
  const expected = patterns(values, where);
  const tests: Record<string, RegExp[]> = {
    StringEquals: expected.map((value) => new RegExp(`^${escapeLiteral(value)}$`)),
    StringLike: expected.map((pattern) => wildcard(pattern)),
  };
  const [quantifier, base] = operator.includes(':') ? operator.split(':') : ['one', operator];
  const accepted = tests[base ?? ''];
  if (!accepted || (quantifier !== 'one' && quantifier !== 'ForAllValues'))
    throw new Error(`The local host does not know the condition operator ${operator} in ${where}.`);
  const fits = (value: string) => accepted.some((pattern) => pattern.test(value));
  return (context: RequestContext) => {
    const given = context[key];
    // ForAllValues holds for a request without the key: IAM documents it so, and warns of it.
    if (quantifier === 'ForAllValues') return (given ?? []).every(fits);
    return given?.length === 1 && fits(given[0]!);
  };
}

function escapeLiteral(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function speaksOf(statement: Statement, action: string, resource: string): boolean {
  return (
    statement.actions.some((pattern) => pattern.test(action)) &&
    statement.resources.some((pattern) => pattern.test(resource))
  );
}
