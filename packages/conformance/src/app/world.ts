/** What a case of an App has: an App that all share, or one of its own, each with a server of the kit. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holds } from '../harness/expect';
import { NotTried } from '../harness/not-tried';
import { AppUnderTest, type Asked, type Launch } from './app-under-test';
import { ServerDouble, type Weather } from './double/server-double';

/** An App, its server, and the folder of its state. */
export class Home {
  private hasSockets = true;

  private constructor(
    readonly server: ServerDouble,
    private readonly launch: Launch,
    private readonly folder: string,
    private readonly environment: Record<string, string>,
    public app: AppUnderTest,
  ) {}

  /** Starts an App that is not paired yet. */
  static async start(launch: Launch, weather: Weather, more: Record<string, string> = {}): Promise<Home> {
    const server = await ServerDouble.start(weather);
    const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
    const file = join(folder, 'app.json');
    const environment = { AGENTTOWN_PAIRING_URL: server.url, AGENTTOWN_APP_FILE: file, ...more };
    return new Home(server, launch, folder, environment, new AppUnderTest(launch, environment));
  }

  /** Pairs it. */
  async pair(): Promise<void> {
    const { ways = ['socket', 'http'] } =
      (await this.app.ask('pair', { code: this.server.code }).result()) ?? {};
    if (this.server.weather.hasNoSockets && !ways.includes('http'))
      throw new NotTried('this App has no way by HTTP');
    this.hasSockets = ways.includes('socket');
  }

  /** Opens its socket, once it is paired. */
  async watch(): Promise<void> {
    if (!this.hasSockets) throw new NotTried('this App opens no socket');
    this.app.ask('watch');
    await this.server.socket();
  }

  /** Asks for a call; `method` and `params` are the runtime's, `id` and `timeoutMs` the call's. */
  call(method: string, params?: unknown, more: object = {}): Asked {
    return this.app.ask('call', { method, ...(params === undefined ? {} : { params }), ...more });
  }

  /** Asks for a call whose steps are wanted. */
  stream(method: string, params?: unknown, more: object = {}): Asked {
    return this.app.ask('stream', { method, ...(params === undefined ? {} : { params }), ...more });
  }

  /** Ends the App and starts it again, on the same server and state. */
  async restart(): Promise<void> {
    await this.app.end();
    this.app = new AppUnderTest(this.launch, this.environment);
  }

  /** Everything that the App keeps, and whether others may read it. */
  kept(): { text: string; isPrivate: boolean } {
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return {
      text: files.map((file) => readFileSync(file, 'utf8')).join('\n'),
      isPrivate: files.every((file) => process.platform === 'win32' || (statSync(file).mode & 0o077) === 0),
    };
  }

  /** Ends all of it. */
  async end(): Promise<void> {
    await this.app.end();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What all cases of a run share. */
export class AppRun {
  private home: Promise<Home> | undefined;

  constructor(readonly launch: Launch) {}

  /** An App that is paired, in fair weather; it stays. */
  shared(): Promise<Home> {
    this.home ??= (async () => {
      const home = await Home.start(this.launch, {});
      await home.pair();
      return home;
    })();
    return this.home;
  }

  /** Ends it. */
  async end(): Promise<void> {
    await (await this.home?.catch(() => undefined))?.end();
  }
}

/** The world of one case. */
export class AppWorld {
  private readonly own: Home[] = [];

  constructor(private readonly run: AppRun) {}

  /** The App that all share. */
  shared(): Promise<Home> {
    return this.run.shared();
  }

  /** An App of one's own that is not paired. */
  async unpaired(weather: Weather = {}, environment: Record<string, string> = {}): Promise<Home> {
    const home = await Home.start(this.run.launch, weather, environment);
    this.own.push(home);
    return home;
  }

  /** An App of one's own, paired. */
  async paired(weather: Weather = {}, environment: Record<string, string> = {}): Promise<Home> {
    const home = await this.unpaired(weather, environment);
    await home.pair();
    return home;
  }

  /** One that finds no socket, so that all goes by HTTP. */
  async byHttp(weather: Weather = {}): Promise<Home> {
    return this.paired({ hasNoSockets: true, ...weather });
  }

  /** One whose socket is open. */
  async onSocket(weather: Weather = {}): Promise<Home> {
    const home = await this.paired(weather);
    await home.watch();
    return home;
  }

  /** Takes away what the case started. */
  async end(): Promise<void> {
    await Promise.all(this.own.map((home) => home.end()));
  }
}

/** Holds where a call ran once, and was asked for under one id. */
export function ranOnce({ server }: Home, method: string): void {
  const calls = server.calls.all.filter((call) => call.method === method);
  holds(calls.length === 1, `the call was sent under ${calls.length} ids`);
  holds(calls[0]!.runs === 1, `the call ran ${calls[0]!.runs} times`);
}
