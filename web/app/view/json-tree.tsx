/** More members than this are counted, not shown. */
const MAX_SHOWN = 200;
const MAX_TEXT = 4000;

/** A value of JSON as a tree whose branches open and close. */
export function JsonTree({ value, name, depth = 0 }: { value: unknown; name?: string; depth?: number }) {
  const label = name === undefined ? null : <span class="json-name">{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <div class="json">
        {label}
        <span class={`json-${value === null ? 'null' : typeof value}`}>{textOf(value)}</span>
      </div>
    );
  }
  const members = Object.entries(value);
  const isList = Array.isArray(value);
  if (members.length === 0) {
    return (
      <div class="json">
        {label}
        {isList ? '[]' : '{}'}
      </div>
    );
  }
  return (
    <details class="json" open={depth < 2}>
      <summary>
        {label}
        {isList ? `list of ${members.length}` : `${members.length} member${members.length === 1 ? '' : 's'}`}
      </summary>
      {members.slice(0, MAX_SHOWN).map(([key, member]) => (
        <JsonTree key={key} name={key} value={member} depth={depth + 1} />
      ))}
      {members.length > MAX_SHOWN && <p class="fine">and {members.length - MAX_SHOWN} more</p>}
    </details>
  );
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : String(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text;
}
