/** The App that is judged: a command that is told what to do in lines of JSON, and tells what came of it in the same way. */

import { startCommand } from '../harness/command';
import { broken } from '../harness/expect';
import { unheeded } from '../harness/unheeded';
import { hearLines, lineOf } from '../wire/lines';
import { Moments } from '../wire/moments';
import { jsonOf } from '../wire/parsed';

/** Something that runs, reads lines and says lines. */
export interface Talker {
  tell(line: string): void;
  /** Ends it, and waits until it has. */
  end(): Promise<void>;
}

/** Starts one with what it is given by environment. */
export type Launch = (
  environment: Record<string, string>,
  onLine: (line: string) => void,
  onEnd: () => void,
) => Talker;

/** What became of something that was asked for. */
// biome-ignore lint/suspicious/noExplicitAny: cases look into values of every shape
export type Told = { result?: any; error?: any };

/** Something that was asked for. */
export class Asked extends Moments {
  /** Its steps so far. */
  readonly steps: unknown[] = [];
  told: Told | undefined;
  private isGone = false;

  constructor(readonly n: number) {
    super();
  }

  /** What became of it, in the end. */
  done(): Promise<Told> {
    const look = () =>
      this.told ?? (this.isGone ? broken('the App ended before it had answered') : undefined);
    return unheeded(this.until<Told>(look));
  }

  /** The result; what came of it must be one. */
  // biome-ignore lint/suspicious/noExplicitAny: cases look into values of every shape
  async result(): Promise<any> {
    const told = await this.done();
    if (!told.error && 'result' in told) return told.result;
    return broken(`the App tells an error: ${JSON.stringify(told.error)}`);
  }

  /** The error; what came of it must be one. */
  // biome-ignore lint/suspicious/noExplicitAny: cases look into values of every shape
  async error(): Promise<any> {
    const told = await this.done();
    return told.error ?? broken(`the App tells a result: ${JSON.stringify(told.result)}`);
  }

  /** Once so many steps are there. */
  async stepped(count: number): Promise<unknown[]> {
    return unheeded(
      this.until(() => {
        if (this.told && this.steps.length < count) broken(`only ${this.steps.length} steps were told`);
        return this.steps.length >= count && this.steps;
      }),
    );
  }

  /** Takes a line about it. */
  hear({ step, ...told }: { step?: unknown } & Told, hasStep: boolean): void {
    if (hasStep) this.steps.push(step);
    else this.told ??= told;
    this.happened();
  }

  /** The App is no more. */
  gone(): void {
    this.isGone = true;
    this.happened();
  }
}

/** A running App. */
export class AppUnderTest extends Moments {
  /** Lines that are about nothing that was asked for. */
  // biome-ignore lint/suspicious/noExplicitAny: cases look into values of every shape
  readonly events: any[] = [];
  /** Everything that it said. */
  text = '';
  private readonly asked: Asked[] = [];
  private readonly talker: Talker;

  constructor(launch: Launch, environment: Record<string, string>) {
    super();
    const gone = () => {
      for (const asked of this.asked) asked.gone();
    };
    this.talker = launch(environment, (line) => this.hear(line), gone);
  }

  /** Asks for something. */
  ask(what: string, more: object = {}): Asked {
    const asked = new Asked(this.asked.length + 1);
    this.asked.push(asked);
    this.talker.tell(JSON.stringify({ n: asked.n, do: what, ...more }));
    return asked;
  }

  /** Ends it. */
  end(): Promise<void> {
    return this.talker.end();
  }

  private hear(line: string): void {
    this.text += `${line}\n`;
    const said = jsonOf(line);
    if (typeof said !== 'object' || said === null) return;
    if (said.n === undefined) this.events.push(said);
    else this.asked[said.n - 1]?.hear(said, 'step' in said);
    this.happened();
  }
}

/** Starts a command. */
export function commandOf(command: string): Launch {
  return (environment, onLine, onEnd) => {
    const { child, ended, end } = startCommand(command, environment, ['pipe', 'pipe']);
    const { stdin, stdout } = child;
    void ended.then(onEnd);
    stdin!.on('error', () => {});
    hearLines(stdout!, onLine);
    return {
      tell: (line) => void stdin!.write(lineOf(line)),
      async end() {
        stdin!.end();
        await end();
      },
    };
  };
}
