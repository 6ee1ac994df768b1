import { type Paired, type Registered, redeem, register } from './api';
import { type OnCommand, TestRuntime } from './runtime';

/** A runtime that is connected, and its App. */
export interface Household {
  registered: Registered;
  runtime: TestRuntime;
  app: Paired;
}

/** Registers a runtime, connects it, and pairs an App with it. Without `onCommand` the runtime stays silent. */
export async function household(base: string, onCommand?: OnCommand): Promise<Household> {
  const registered = await register(base);
  const runtime = await TestRuntime.connect(registered, onCommand);
  return { registered, runtime, app: await redeem(base, registered.accessCode) };
}
