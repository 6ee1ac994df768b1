import uPlot from 'uplot';
import { byId } from './dom';

/** A chart that follows the width of its place and the colours of the page. */
export interface Chart {
  show(data: uPlot.AlignedData): void;
  /** Draws anew with the colours of now. */
  recolour(): void;
}

/** What differs between charts. */
export interface ChartKind {
  series(colour: (name: string) => string): uPlot.Series[];
  formatValue(value: number): string;
  /** Called with the minute under the pointer, or `null` when it leaves. */
  onPoint(index: number | null): void;
}

const sync = uPlot.sync('monitor');
const FONT = '11px system-ui, sans-serif';

/** Makes a chart in the element with an id. Charts of one page share their cursor. */
export function createChart(id: string, kind: ChartKind): Chart {
  const place = byId(id);
  let plot: uPlot | undefined;
  let data: uPlot.AlignedData = [[]];
  const sizeOf = () => ({ width: place.clientWidth, height: place.clientHeight });
  const draw = () => {
    plot?.destroy();
    plot = undefined;
    const { width, height } = sizeOf();
    if (width === 0 || height === 0) return;
    plot = new uPlot(optionsOf(kind, width, height), data, place);
  };
  new ResizeObserver(() => {
    const size = sizeOf();
    if (!plot || size.width === 0) draw();
    else plot.setSize(size);
  }).observe(place);
  return {
    show(next) {
      data = next;
      if (plot) plot.setData(data);
      else draw();
    },
    recolour: draw,
  };
}

function optionsOf(kind: ChartKind, width: number, height: number): uPlot.Options {
  const axis = { stroke: colourOf('--muted'), font: FONT, ticks: { show: false } };
  const grid = { stroke: colourOf('--line'), width: 1 };
  return {
    width,
    height,
    padding: [6, 16, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: sync.key }, drag: { x: false, y: false }, y: false, points: { show: false } },
    hooks: { setCursor: [(plot) => kind.onPoint(plot.cursor.idx ?? null)] },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      { ...axis, size: 24, space: 64, grid: { show: false }, values: (_plot, ticks) => ticks.map(clockOf) },
      {
        ...axis,
        size: 44,
        space: 34,
        grid,
        values: (_plot, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? kind.formatValue(tick) : '')),
      },
    ],
    series: [{}, ...kind.series(colourOf)],
  };
}

/** `14:05`, for a time in seconds since 1970. */
export function clockOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

/** What a custom property is as a colour now; a canvas does not know `light-dark()`. */
export function colourOf(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
