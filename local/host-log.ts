/** A line of a function, or of the host itself where it names no function. */
export interface LogLine {
  functionLogicalId?: string;
  line: string;
}

/** Where a host writes to. */
export interface HostLog {
  write(line: LogLine): void;
  /** From now on, what breaks because everything ends is no news; the functions' own last lines still are. */
  mute(): void;
}

/** A log that hands its lines to `sink`, standard output when left out. */
export function hostLog(
  sink: (line: LogLine) => void = ({ line }) => void process.stdout.write(`${line}\n`),
): HostLog {
  let muted = false;
  return {
    write: (line) => {
      if (!muted || line.functionLogicalId) sink(line);
    },
    mute: () => {
      muted = true;
    },
  };
}
