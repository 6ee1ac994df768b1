/** What `/health` of a server says. */
export interface Health {
  ok: boolean;
  version?: string;
  /** Why there was no answer. */
  reason?: string;
}

/** How long `/health` may take, in milliseconds: with a cold start it takes one or two seconds. */
const healthTimeoutMs = 10_000;

/** Asks a server for its health. A server that does not answer is not ok, with the reason. */
export async function healthOf(publicUrl: string): Promise<Health> {
  try {
    const answer = await fetch(`${publicUrl}/health`, { signal: AbortSignal.timeout(healthTimeoutMs) });
    const { ok, version } = (await answer.json()) as { ok?: boolean; version?: string };
    return { ok: answer.ok && ok === true, ...(version ? { version } : {}) };
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}
