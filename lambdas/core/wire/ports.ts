/** What every subject may need of the world: time. */
/** Time, for those who wait. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}
