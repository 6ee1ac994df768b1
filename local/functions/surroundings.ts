import type { FunctionCalls } from '../types';

/** A log line of a function. */
export interface FunctionLogLine {
  functionLogicalId: string;
  line: string;
}

/** What functions are given by their host. */
export interface FunctionSurroundings {
  /** Each environment serves one invocation at a time and is frozen in between, as on AWS. */
  isolate: boolean;
  onLog(line: FunctionLogLine): void;
  /** What answers the AWS calls of a function. */
  awsOf(functionLogicalId: string): FunctionCalls;
}
