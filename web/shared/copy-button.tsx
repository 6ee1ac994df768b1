import { useState } from 'preact/hooks';

/** Copies a text; the button says whether that went well. */
export function CopyButton({ label, text }: { label: string; text(): string }) {
  const [said, say] = useState<string>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      say('Copied');
    } catch {
      say('The browser did not allow it');
    }
    setTimeout(() => say(undefined), 2000);
  };
  return (
    <button class="link" type="button" onClick={copy}>
      {said ?? label}
    </button>
  );
}
