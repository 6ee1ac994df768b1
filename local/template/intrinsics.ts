/** CloudFormation's intrinsic functions, evaluated over the local stand-ins of `attributes.ts`. */

import type { Resolver, Template, TemplateResource } from '../types';
import {
  ACCOUNT_ID,
  attributeOf,
  type NamedResource,
  PARTITION,
  REGION,
  refOf,
  URL_SUFFIX,
} from './attributes';

/** Turns the cloud's URLs in a resolved text into local ones. */
export type RewriteUrls = (text: string) => string;

/** Stands for `AWS::NoValue`: the property or element that holds it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

/** Gives the value of a dynamic reference, as `secretsmanager:<arn>:SecretString:::`. Throws on one it does not know. */
export type DynamicReference = (reference: string) => string;

const unknownReference: DynamicReference = (reference) => {
  throw new Error(`The local host does not know the dynamic reference {{resolve:${reference}}}.`);
};

/** Makes the Resolver of one stack. Throws, naming it, on whatever intrinsic or reference it does not know. */
export function resolverFor(
  template: Template,
  stackName: string,
  rewriteUrls: RewriteUrls = (text) => text,
  dynamicReference: DynamicReference = unknownReference,
): Resolver {
  const pseudo: Record<string, unknown> = {
    'AWS::Region': REGION,
    'AWS::AccountId': ACCOUNT_ID,
    'AWS::Partition': PARTITION,
    'AWS::URLSuffix': URL_SUFFIX,
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:${PARTITION}:cloudformation:${REGION}:${ACCOUNT_ID}:stack/${stackName}/local`,
    'AWS::NoValue': NO_VALUE,
  };

  function applies(resource: TemplateResource): boolean {
    return resource.Condition === undefined || condition(resource.Condition);
  }

  function condition(name: string): boolean {
    if (!Object.hasOwn(template.Conditions ?? {}, name))
      throw new Error(`The template has no condition ${name}.`);
    return truth(template.Conditions?.[name]);
  }

  function truth(value: unknown): boolean {
    const resolved = evaluate(value);
    if (resolved === true || resolved === 'true') return true;
    if (resolved === false || resolved === 'false') return false;
    throw new Error(`This is no condition: ${JSON.stringify(value)}.`);
  }

  function named(logicalId: string): NamedResource {
    const resource = template.Resources[logicalId];
    if (!resource)
      throw new Error(`The template refers to ${logicalId}, which is neither resource nor parameter.`);
    if (!applies(resource))
      throw new Error(`The template refers to ${logicalId}, which its condition leaves out.`);
    return {
      logicalId,
      type: resource.Type,
      property: (name) => {
        const value = evaluate(resource.Properties?.[name]);
        return typeof value === 'string' ? value : undefined;
      },
    };
  }

  function reference(name: string): unknown {
    if (Object.hasOwn(pseudo, name)) return pseudo[name];
    const parameter = template.Parameters?.[name];
    if (!parameter) return refOf(named(name));
    if (parameter.Type.startsWith('AWS::SSM::') || parameter.Default === undefined)
      throw new Error(`The local host has no value for the parameter ${name} (${parameter.Type}).`);
    return parameter.Default;
  }

  function substitute(argument: unknown): string {
    const [text, values]: [unknown, Record<string, unknown>] = Array.isArray(argument)
      ? (argument as [string, Record<string, unknown>])
      : [argument, {}];
    return String(text).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (values && Object.hasOwn(values, name)) return String(evaluate(values[name]));
      return String(name.includes('.') ? attribute(name) : reference(name));
    });
  }

  function attribute(argument: unknown): string {
    const path = typeof argument === 'string' ? argument.split('.') : (evaluate(argument) as string[]);
    return attributeOf(named(path[0]!), path.slice(1).join('.'));
  }

  /** Each function gets its argument as written, because `Fn::If` must not touch the branch that it does not take. */
  const functions: Record<string, (argument: unknown) => unknown> = {
    Ref: (name) => reference(String(name)),
    Condition: (name) => condition(String(name)),
    'Fn::GetAtt': attribute,
    'Fn::Sub': (argument) => rewriteUrls(dereference(substitute(argument))),
    'Fn::Join': (argument) => {
      const [separator, parts] = argument as [string, unknown];
      // A dynamic reference to a resource comes in pieces, which make sense together only.
      const texts = Array.isArray(parts) ? parts.map(pieceOf) : (evaluate(parts) as unknown[]);
      return rewriteUrls(dereference(texts.filter((piece) => piece !== NO_VALUE).join(separator)));
    },
    'Fn::Select': (argument) => {
      const [index, list] = evaluate(argument) as [string | number, unknown[]];
      const chosen = list[Number(index)];
      if (chosen === undefined)
        throw new Error(`Fn::Select finds no element ${index} in ${JSON.stringify(list)}.`);
      return chosen;
    },
    'Fn::Split': (argument) => {
      const [separator, text] = evaluate(argument) as [string, string];
      return text.split(separator);
    },
    'Fn::If': (argument) => {
      const [name, whenTrue, whenFalse] = argument as [string, unknown, unknown];
      return evaluate(condition(name) ? whenTrue : whenFalse);
    },
    'Fn::Equals': (argument) => {
      const [left, right] = evaluate(argument) as [unknown, unknown];
      return JSON.stringify(left) === JSON.stringify(right);
    },
    'Fn::And': (argument) => (argument as unknown[]).every(truth),
    'Fn::Or': (argument) => (argument as unknown[]).some(truth),
    'Fn::Not': (argument) => !truth((argument as unknown[])[0]),
    'Fn::FindInMap': (argument) => {
      const [map, first, second] = evaluate(argument) as [string, string, string];
      const top = template.Mappings?.[map] as Record<string, Record<string, unknown>> | undefined;
      const found = top?.[first]?.[second];
      if (found === undefined) throw new Error(`The template maps nothing to ${map}.${first}.${second}.`);
      return found;
    },
  };

  function dereference(text: string): string {
    return text.replace(/\{\{resolve:([^}]*)\}\}/g, (_, reference: string) => dynamicReference(reference));
  }

  function pieceOf(part: unknown): unknown {
    return typeof part === 'string' ? part : evaluate(part);
  }

  function evaluate(value: unknown): unknown {
    if (typeof value === 'string') return dereference(value);
    if (Array.isArray(value)) return value.map(evaluate).filter((element) => element !== NO_VALUE);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name !== undefined) {
      const intrinsic = Object.hasOwn(functions, name) ? functions[name] : undefined;
      // A `Condition` beside an object is a policy's block, not a reference to a condition.
      if (intrinsic && (name !== 'Condition' || typeof argument === 'string')) return intrinsic(argument);
      if (name.startsWith('Fn::'))
        throw new Error(`The local host does not know the intrinsic function ${name}.`);
    }
    return Object.fromEntries(
      entries.map(([key, entry]) => [key, evaluate(entry)]).filter(([, entry]) => entry !== NO_VALUE),
    );
  }

  return {
    resolve: <T>(value: unknown) => {
      const resolved = evaluate(value);
      return (resolved === NO_VALUE ? undefined : resolved) as T;
    },
    ref: (logicalId) => refOf(named(logicalId)),
    ofType: <P>(type: string) =>
      Object.entries(template.Resources)
        .filter(([, resource]) => resource.Type === type && applies(resource))
        .map(([logicalId, resource]) => ({
          logicalId,
          properties: evaluate(resource.Properties ?? {}) as P,
        })),
  };
}
