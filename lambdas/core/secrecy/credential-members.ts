/** Names and values of structured data: which member of an object, which item of a list is named as a credential. */
import { type Judged, judgeKey, judgeMember } from './credential-keys';

export type { Judged } from './credential-keys';

/** Lists of pairs of a name and its value. A list in a list has `[]` after its name, `rawHeaders` is flat. */
const pairLists = /^(?:(?:headers?|env|environment|variables|query|params|cookies)\[\]|rawHeaders)$/i;

/** The members of a private JSON Web Key that its public half does not have. */
const privateKeyMembers = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']);

/** The two members of a pair that is an object. */
const namingMember = /^(?:name|key|header|field|param|parameter|variable|property|k|n)$/i;
const valueMember = /^(?:value|val|content|data|v)$/i;

/** Judges every member of an object that stands in `above`. */
export function judgeMembers(
  above: Judged,
  members: (readonly [string, unknown])[],
): (Judged & { value: unknown })[] {
  const isJwk = members.some(([name, value]) => name === 'kty' && typeof value === 'string');
  // `{ name: 'Authorization', value: '…' }` spreads a name and its value over two members.
  const naming = members.find(([name, value]) => namingMember.test(name) && typeof value === 'string');
  return members.map(([name, value]) => {
    if (isJwk && privateKeyMembers.has(name)) return { name, value, verdict: 'secret' };
    const spoken = naming !== undefined && valueMember.test(name) ? judgeKey(String(naming[1])) : 'plain';
    return { name, value, verdict: spoken === 'plain' ? judgeMember(above, name) : spoken };
  });
}

/** Judges every item of a list: by the list's own name, by the option before it, by the first half of a pair. */
export function judgeItems(list: Judged, items: unknown[]): (Judged & { value: unknown })[] {
  const isPairs = pairLists.test(list.name);
  return items.map((value, at) => {
    const before = at === 0 ? undefined : items[at - 1];
    const isNamed = typeof before === 'string' && (isPairs ? at % 2 === 1 : before.startsWith('-'));
    const spoken = isNamed ? judgeKey(before) : 'plain';
    const name = Array.isArray(value) ? `${list.name}[]` : list.name;
    return { name, value, verdict: spoken === 'plain' ? list.verdict : spoken };
  });
}
