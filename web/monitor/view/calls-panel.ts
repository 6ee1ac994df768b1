import uPlot from 'uplot';
import { type Outcome, outcomeWords } from '../../../lambdas/core/wire/outcomes';
import type { CallWindow } from '../model/call-metrics';
import { formatCount, formatDuration, formatShare } from '../model/format';
import { clockOf, createChart } from './chart';
import { byId, create, setText } from './dom';

/** The hour's figures and charts. */
export interface CallsPanel {
  show(window: CallWindow): void;
  recolour(): void;
}

/** Outcomes that the legend names even when none occurred. */
const ALWAYS_NAMED = new Set<Outcome>(['answered', 'runtime-error', 'timed-out']);

/** Fills the panel; nothing is shown before the first window. */
export function createCallsPanel(): CallsPanel {
  let shown: CallWindow | undefined;
  let point: number | null = null;
  const onPoint = (index: number | null) => {
    if (index === point) return;
    point = index;
    drawLegends();
  };
  const bars = uPlot.paths.bars!({ size: [0.72, 14], radius: 0.15, align: 1 });
  const calls = createChart('calls-chart', {
    onPoint,
    formatValue: formatCount,
    // Stacked: each series is drawn up to the sum of itself and those below, the tallest first.
    series: (colour) =>
      [...outcomeWords].reverse().map((outcome) => ({
        label: outcome,
        fill: colour(`--chart-${outcome}`),
        paths: bars,
        points: { show: false },
      })),
  });
  const latency = createChart('latency-chart', {
    onPoint,
    formatValue: (value) => formatDuration(value).replace(/\.?0+ s$/, ' s'),
    series: (colour) =>
      ['p95', 'p50'].map((label) => ({
        label,
        stroke: colour(`--chart-${label}`),
        width: 1.8,
        points: { show: true, size: 5, fill: colour(`--chart-${label}`), filter: lonelyPoints },
      })),
  });
  const drawLegends = () => {
    if (!shown) return;
    const { counts, minutes, totals, p50, p95 } = shown;
    const at = point === null ? '' : clockOf(minutes[point] ?? 0);
    setText(byId('calls-at'), at);
    setText(byId('latency-at'), at);
    const countOf = (outcome: Outcome) =>
      point === null ? counts[outcome].reduce((sum, count) => sum + count, 0) : (counts[outcome][point] ?? 0);
    byId('calls-legend').replaceChildren(
      ...outcomeWords
        .filter((outcome) => ALWAYS_NAMED.has(outcome) || counts[outcome].some((count) => count > 0))
        .map((outcome) => legendItem(outcome, formatCount(countOf(outcome)))),
    );
    byId('latency-legend').replaceChildren(
      legendItem('p50', durationOf(point === null ? totals.p50 : (p50[point] ?? null))),
      legendItem('p95', durationOf(point === null ? totals.p95 : (p95[point] ?? null))),
    );
  };
  return {
    show(window) {
      shown = window;
      const { totals } = window;
      setText(byId('figure-calls'), formatCount(totals.calls));
      setText(byId('figure-failed'), formatShare(totals.failed, totals.calls));
      byId('figure-failed').dataset.tone = totals.failed > 0 ? 'bad' : '';
      showDuration('figure-p50', totals.p50);
      showDuration('figure-p95', totals.p95);
      calls.show([window.minutes, ...stacked(window).reverse()]);
      latency.show([window.minutes, window.p95, window.p50]);
      drawLegends();
    },
    recolour() {
      calls.recolour();
      latency.recolour();
    },
  };
}

/** For each outcome, in order, the sum of it and those before it. */
function stacked(window: CallWindow): number[][] {
  const sums = window.minutes.map(() => 0);
  return outcomeWords.map((outcome) =>
    window.counts[outcome].map((count, minute) => {
      sums[minute] = sums[minute]! + count;
      return sums[minute]!;
    }),
  );
}

/** A value between two empty minutes is on no line: only such values are drawn as points. */
function lonelyPoints(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? [];
  const isEmpty = (index: number) => values[index] === null || values[index] === undefined;
  return [...values.keys()].filter((index) => !isEmpty(index) && isEmpty(index - 1) && isEmpty(index + 1));
}

function legendItem(name: string, value: string): HTMLLIElement {
  const swatch = create('i');
  swatch.style.background = `var(--chart-${name})`;
  return create('li', {}, swatch, name, create('b', {}, value));
}

function durationOf(durationMs: number | null): string {
  return durationMs === null ? '–' : formatDuration(durationMs);
}

function showDuration(id: string, durationMs: number | null): void {
  const text = durationOf(durationMs);
  const [number, ...unit] = text.split(' ');
  if (byId(id).dataset.shown === text) return;
  byId(id).dataset.shown = text;
  byId(id).replaceChildren(number ?? '', create('small', {}, unit.join(' ')));
}
