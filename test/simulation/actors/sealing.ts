/** The exchange of a sealed pairing, as calls of this world: the library's own code at both ends, and whatever befalls calls between them. */
import { pairAsApp } from '../../../packages/client/src/sealed/pairing/app-pairing';
import { type ShownCode, ShownCodes } from '../../../packages/client/src/sealed/pairing/codes';
import { Exchanges } from '../../../packages/client/src/sealed/pairing/runtime-pairing';
import { toBase64 } from '../../../packages/client/src/sealed/primitives/bytes';
import type { App } from './app';
import { isEnding } from './app';
import type { Tenant } from './town';

/** The access code stands for itself: the relay's is used up by now. */
const accessCode = 'AT-0000-0000-0000';

/** A tenant's. */
export class Sealing {
  private shown: ShownCode[] = [];
  private readonly keys = new Map<string, string>();
  private readonly codes = new ShownCodes(
    {
      load: () => this.shown,
      save: (codes) => {
        this.shown = codes;
      },
      clear: () => {},
    },
    () => 0,
  );
  private readonly exchanges = new Exchanges({
    codes: this.codes,
    keep: async ({ clientId }, key) => void this.keys.set(clientId, toBase64(key)),
    onWrongGuess: ({ clientId }) =>
      this.breach(`A guess of ${clientId} counted as wrong, and it knows the code.`),
  });

  constructor(private readonly tenant: Tenant) {}

  /** What the runtime says to a message; a refusal is one as well. */
  async answer(params: unknown, clientId = ''): Promise<unknown> {
    const { gatewayId } = this.tenant;
    return await this.exchanges
      .answer(params, { gatewayId, clientId })
      .catch(({ code }: { code: string }) => ({ refused: code }));
  }

  /** An App pairs, by calls that are lost, doubled and said again. It has the runtime's key, or none. */
  async pair(app: App, firstN: number): Promise<'sealed' | 'unsealed'> {
    const { gatewayId } = this.tenant;
    const { clientId } = app.client;
    const code = await this.codes.show(accessCode);
    let n = firstN;
    const ask = async (_: string, seal: unknown) => {
      const intention = {
        kind: 'call',
        app: app.number,
        way: 'http',
        timeoutMs: 8_000,
        say: 'result',
        steps: 0,
      } as const;
      const book = await app.call(n--, {
        ...intention,
        afterMs: 5,
        seal,
        twin: { afterMs: 3, conflicting: false },
      });
      const { word, text } = book.told.find((told) => isEnding(told.word)) ?? { word: 'nothing', text: '' };
      if (word !== 'answered') throw new Error(word);
      return JSON.parse(text).result.seal;
    };
    try {
      const key = toBase64(
        await pairAsApp(ask, { accessCode, seal: code.slice(-4) }, { gatewayId, clientId }),
      );
      if (this.keys.get(clientId) !== key) this.breach(`App ${app.number} has another key than its runtime.`);
      return 'sealed';
    } catch {
      return 'unsealed';
    }
  }

  private breach(detail: string): void {
    this.tenant.books.breach('both ends of a sealed pairing agree', detail);
  }
}
