import type { CallTotals } from '../../model/call-metrics';
import { formatCount, formatDuration, formatShare } from '../../model/format';

/** The figures of the time that is looked at, each with that of the time before. */
export function Figures({ totals, before }: { totals: CallTotals; before: CallTotals | undefined }) {
  const share = ({ failed, calls }: CallTotals) => formatShare(failed, calls);
  return (
    <dl class="figures">
      <Figure
        id="figure-calls"
        name="Calls"
        value={formatCount(totals.calls)}
        before={before && formatCount(before.calls)}
      />
      <Figure
        id="figure-failed"
        name="Failed"
        value={share(totals)}
        before={before && share(before)}
        tone={totals.failed > 0 ? 'bad' : undefined}
      />
      <Figure
        id="figure-p50"
        name="p50"
        value={formatMaybe(totals.p50)}
        before={before && formatMaybe(before.p50)}
      />
      <Figure
        id="figure-p95"
        name="p95"
        value={formatMaybe(totals.p95)}
        before={before && formatMaybe(before.p95)}
      />
    </dl>
  );
}

function Figure(props: {
  id: string;
  name: string;
  value: string;
  before: string | undefined;
  tone?: string | undefined;
}) {
  const { id, name, value, before, tone } = props;
  const [number, ...unit] = value.split(' ');
  return (
    <div>
      <dt>{name}</dt>
      <dd id={id} data-tone={tone}>
        {number}
        {unit.length > 0 && <small>{unit.join(' ')}</small>}
      </dd>
      <dd class="before" title="In the same length of time before">
        {before === undefined ? '' : before === '–' ? 'before –' : `before ${before}`}
      </dd>
    </div>
  );
}

/** A duration; `–` of nothing. */
export function formatMaybe(durationMs: number | null): string {
  return durationMs === null ? '–' : formatDuration(durationMs);
}
