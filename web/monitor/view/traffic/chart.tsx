import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { recoloured } from '../../../shared/theme';
import { setRange } from '../../state/rows';

/** What differs between charts. */
export interface ChartKind {
  series(colour: (name: string) => string): uPlot.Series[];
  formatValue(value: number): string;
}

const sync = uPlot.sync('monitor');
const FONT = '11px system-ui, sans-serif';
/** A drag shorter than this is a click that slipped. */
const MIN_DRAG_PIXELS = 6;

/**
 * A chart that follows the width of its place and the colours of the page. Charts of one page share their cursor; a
 * drag over one chooses the time. `bucketMs` is the width of a bucket.
 */
export function Chart(props: {
  id: string;
  label: string;
  kind: ChartKind;
  data: uPlot.AlignedData;
  bucketMs: number;
  /** Called with the bucket under the pointer, or `null` when it leaves. */
  onPoint(index: number | null): void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const colours = recoloured.value;

  useEffect(() => {
    const element = place.current!;
    const sizeOf = () => ({ width: element.clientWidth, height: element.clientHeight });
    const draw = () => {
      const size = sizeOf();
      if (size.width === 0 || size.height === 0) return;
      if (plot.current) plot.current.setSize(size);
      else plot.current = new uPlot(optionsOf(latest, size), latest.current.data, element);
    };
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    draw();
    return () => {
      observer.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [colours]);
  useEffect(() => plot.current?.setData(props.data), [props.data]);
  return <div id={props.id} ref={place} role="img" aria-label={props.label} />;
}

function optionsOf(
  latest: { readonly current: Parameters<typeof Chart>[0] },
  size: { width: number; height: number },
): uPlot.Options {
  const axis = { stroke: colourOf('--muted'), font: FONT, ticks: { show: false } };
  const grid = { stroke: colourOf('--line'), width: 1 };
  const { kind } = latest.current;
  return {
    ...size,
    padding: [6, 16, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: sync.key },
      drag: { x: true, y: false, setScale: false, dist: MIN_DRAG_PIXELS },
      y: false,
      points: { show: false },
    },
    hooks: {
      setCursor: [(plot) => latest.current.onPoint(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < MIN_DRAG_PIXELS) return;
          const { bucketMs } = latest.current;
          const msAt = (pixel: number) => plot.posToVal(pixel, 'x') * 1000;
          // Whole buckets: what is chosen is what the bars under it count.
          const fromMs = Math.floor(msAt(left) / bucketMs) * bucketMs;
          const toMs = Math.ceil(msAt(left + width) / bucketMs) * bucketMs;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          setRange({ fromMs, toMs: Math.max(toMs, fromMs + bucketMs) });
        },
      ],
    },
    scales: {
      y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] },
      x: {
        // The last bucket has a width as well.
        range: (_plot, min, max) => [min, max + latest.current.bucketMs / 1000],
      },
    },
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

/** `14:05`, or `14:05:30` inside a minute, for a time in seconds since 1970. */
export function clockOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const minute = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return date.getSeconds() === 0 ? minute : `${minute}:${two(date.getSeconds())}`;
}

/** What a custom property is as a colour now; a canvas does not know `light-dark()`. */
function colourOf(name: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
