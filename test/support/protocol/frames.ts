/** Judges frames that the server sends by `docs/asyncapi.json`. */
import { asyncApi, faultOf, step } from './documents';

/** Whose socket it is. */
export type Role = 'runtime' | 'app' | 'viewer';

/** The role that a handshake's credential claims: by its prefix. */
export function roleOf(url: string, authorization: string | undefined): Role | undefined {
  const query = new URL(url, 'ws://relay').searchParams;
  const credential =
    query.get('ticket') ?? query.get('secret') ?? authorization?.replace(/^Bearer +/i, '') ?? '';
  const roles: Record<string, Role> = { ats_: 'runtime', atc_: 'app', atk_: 'app', atv_: 'viewer' };
  return roles[credential.slice(0, 4)];
}

/** What is wrong with a frame to a peer of this role: that it is none of those that are described. */
export function faultsOfFrame(role: Role, text: string): string[] {
  const frame: unknown = JSON.parse(text);
  const hears = asyncApi.operations[`${role}Hears`].messages as Array<{ $ref: string }>;
  const names = hears.map(({ $ref }) => $ref.split('/').at(-1)!);
  const faults = names.map((name) => [
    name,
    faultOf('asyncApi', `/channels/${role}/messages${step(name)}/payload`, frame),
  ]);
  if (faults.some(([, fault]) => fault === undefined)) return [];
  const told = faults.map(([name, fault]) => `${name}: ${fault}`).join('; ');
  return [`a frame to the ${role} is none of the described: ${shapeOf(frame)} (${told})`];
}

/** The members of a frame without its values, which may be secrets. */
function shapeOf(frame: unknown): string {
  if (typeof frame !== 'object' || frame === null) return typeof frame;
  return `{ ${Object.entries(frame)
    .map(([name, value]) => (['type', 'event', 'method'].includes(name) ? `${name}: ${value}` : name))
    .join(', ')} }`;
}
