/** The scopes that OpenClaw asks for each of its methods: the table beside this file is its schema's, without what only reads. */
import type { AllowList } from '../allow-list';
import scopes from './openclaw-scopes.json';

/** What a phone may call of OpenClaw unless somebody says otherwise: all of it reads or chats. */
export const openclawMethods: readonly string[] = [
  'health',
  'status',
  'system.info',
  'sessions.list',
  'models.list',
  'agents.list',
  'channels.status',
  'commands.list',
  'skills.status',
  'tools.catalog',
  'chat.history',
  'chat.send',
  'chat.abort',
];

/** The least scopes that a list of methods needs: reading always, the others where one of their methods is on it. */
export function scopesFor(allow: AllowList): string[] {
  const needed = Object.entries(scopes)
    .filter(([, methods]) => methods.some((method) => allow.allows(method)))
    // A method whose scope depends on its params writes at least.
    .map(([scope]) => (scope === 'dynamic' ? 'operator.write' : scope));
  return [...new Set(['operator.read', ...needed])].sort();
}
