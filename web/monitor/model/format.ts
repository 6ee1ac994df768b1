const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const count = new Intl.NumberFormat('en-US');

/** `14:02:11.042` in the viewer's own time zone; `–` when the time cannot be read. */
export function formatClock(timeMs: number): string {
  if (Number.isNaN(timeMs)) return '–';
  return `${clock.format(timeMs)}.${String(Math.floor(timeMs) % 1000).padStart(3, '0')}`;
}

/** `14:02:11`, with the day in front when it is another one than `nowMs`'s. */
export function formatMoment(timeMs: number, nowMs: number): string {
  const sameDay = day.format(timeMs) === day.format(nowMs);
  return sameDay ? clock.format(timeMs) : `${day.format(timeMs)}, ${clock.format(timeMs)}`;
}

/** `212 ms`, `1.42 s`, `2 min 5 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 60_000) return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(durationMs / 60_000)} min ${Math.round((durationMs % 60_000) / 1000)} s`;
}

/** How long something has lasted, in one unit: `now`, `42 s`, `7 min`, `3 h`, `2 d`. */
export function formatAge(ageMs: number): string {
  if (ageMs < 5000) return 'now';
  if (ageMs < 60_000) return `${Math.floor(ageMs / 1000)} s`;
  if (ageMs < 3_600_000) return `${Math.floor(ageMs / 60_000)} min`;
  return ageMs < 86_400_000 ? `${Math.floor(ageMs / 3_600_000)} h` : `${Math.floor(ageMs / 86_400_000)} d`;
}

/** `12,345`. */
export function formatCount(value: number): string {
  return count.format(value);
}

/** `2.3 %`; `–` of nothing. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** Shortens an id in its middle, so that ids that begin alike can be told apart. */
export function shortenId(id: string, maxLength = 18): string {
  if (id.length <= maxLength) return id;
  const tail = Math.floor((maxLength - 1) / 3);
  return `${id.slice(0, maxLength - 1 - tail)}…${id.slice(-tail)}`;
}

/** `812 B`, `3.4 KB`, `2.0 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
