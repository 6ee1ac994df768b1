import { useMemo, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { Icon } from '../../../shared/icon';
import type { CallWindow } from '../../model/call-metrics';
import { formatCount, formatDuration, formatMoment } from '../../model/format';
import { CALL_OUTCOMES, type CallOutcome } from '../../model/outcome';
import { DEFAULT_RANGE, formatBucket, isLive, LAST_RANGES } from '../../model/time-range';
import { range } from '../../state/chosen';
import { nowMs } from '../../state/known';
import { setRange, traffic } from '../../state/rows';
import { Chart, type ChartKind, clockOf } from './chart';
import { Figures, formatMaybe } from './figures';

/** Outcomes that the legend names even when none occurred. */
const ALWAYS_NAMED = new Set<CallOutcome>(['answered', 'runtime-error', 'timed-out']);

const bars = uPlot.paths.bars!({ size: [0.72, 14], radius: 0.15, align: 1 });

const CALLS_KIND: ChartKind = {
  formatValue: formatCount,
  // Stacked: each series is drawn up to the sum of itself and those below, the tallest first.
  series: (colour) =>
    [...CALL_OUTCOMES].reverse().map((outcome) => ({
      label: outcome,
      fill: colour(`--chart-${outcome}`),
      paths: bars,
      points: { show: false },
    })),
};
const LATENCY_KIND: ChartKind = {
  formatValue: (value) => formatDuration(value).replace(/\.?0+ s$/, ' s'),
  series: (colour) =>
    ['p95', 'p50'].map((label) => ({
      label,
      stroke: colour(`--chart-${label}`),
      width: 1.8,
      points: { show: true, size: 5, fill: colour(`--chart-${label}`), filter: lonelyPoints },
    })),
};

/** Figures and charts of the time that is looked at, and the choice of that time. */
export function TrafficPanel() {
  const { window, totals, before, isWhole } = traffic.value;
  const [point, setPoint] = useState<number | null>(null);
  const at = point === null ? '' : clockOf(window.starts[point] ?? 0);
  const calls = useMemo(() => [window.starts, ...stacked(window).reverse()] as uPlot.AlignedData, [window]);
  const latency = useMemo(() => [window.starts, window.p95, window.p50] as uPlot.AlignedData, [window]);
  const countOf = (outcome: CallOutcome) => {
    const counts = window.counts[outcome];
    return point === null ? counts.reduce((sum, count) => sum + count, 0) : (counts[point] ?? 0);
  };
  const durationOf = (name: 'p50' | 'p95') =>
    formatMaybe(point === null ? totals[name] : (window[name][point] ?? null));
  return (
    <section class="panel traffic" aria-labelledby="traffic-title">
      <div class="panel-head">
        <h2 id="traffic-title">Traffic</h2>
        <RangeChoice />
      </div>
      <Figures totals={totals} before={before} />
      {!isWhole && <p class="fine">Too many events: the page did not fetch all of this time.</p>}
      <figure class="chart">
        <figcaption>
          Calls per {formatBucket(window.bucketMs)}
          <span>{at}</span>
        </figcaption>
        <Chart
          id="calls-chart"
          label="Calls by outcome over time"
          kind={CALLS_KIND}
          data={calls}
          bucketMs={window.bucketMs}
          onPoint={setPoint}
        />
        <ul class="legend">
          {CALL_OUTCOMES.filter(
            (outcome) => ALWAYS_NAMED.has(outcome) || window.counts[outcome].some((count) => count > 0),
          ).map((outcome) => (
            <LegendItem key={outcome} name={outcome} value={formatCount(countOf(outcome))} />
          ))}
        </ul>
      </figure>
      <figure class="chart">
        <figcaption>
          Latency
          <span>{at}</span>
        </figcaption>
        <Chart
          id="latency-chart"
          label="Latency of answered calls over time, median and 95th percentile"
          kind={LATENCY_KIND}
          data={latency}
          bucketMs={window.bucketMs}
          onPoint={setPoint}
        />
        <ul class="legend">
          <LegendItem name="p50" value={durationOf('p50')} />
          <LegendItem name="p95" value={durationOf('p95')} />
        </ul>
      </figure>
    </section>
  );
}

function RangeChoice() {
  const chosen = range.value;
  if (!isLive(chosen)) {
    return (
      <button
        id="range-fixed"
        class="button chip"
        type="button"
        title="Back to the last hour"
        onClick={() => setRange(DEFAULT_RANGE)}
      >
        {formatMoment(chosen.fromMs, nowMs.value)} – {formatMoment(chosen.toMs, nowMs.value)}
        <Icon name="close" />
      </button>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend
    <div class="segments" role="group" aria-label="Time">
      {LAST_RANGES.map(({ name, label, words }) => (
        <button
          key={name}
          type="button"
          data-range={name}
          title={`The last ${words}`}
          aria-pressed={chosen.last === name}
          onClick={() => setRange({ last: name })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

function LegendItem({ name, value }: { name: string; value: string }) {
  return (
    <li>
      <i style={{ background: `var(--chart-${name})` }} />
      {name}
      <b>{value}</b>
    </li>
  );
}

/** For each outcome, in order, the sum of it and those before it. */
function stacked(window: CallWindow): number[][] {
  const sums = window.starts.map(() => 0);
  return CALL_OUTCOMES.map((outcome) =>
    window.counts[outcome].map((count, bucket) => {
      sums[bucket] = sums[bucket]! + count;
      return sums[bucket]!;
    }),
  );
}

/** A value between two empty buckets is on no line: only such values are drawn as points. */
function lonelyPoints(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? [];
  const isEmpty = (index: number) => values[index] === null || values[index] === undefined;
  return [...values.keys()].filter((index) => !isEmpty(index) && isEmpty(index - 1) && isEmpty(index + 1));
}
