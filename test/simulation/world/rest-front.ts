/** The REST API as its callers meet it: a request goes there, pieces of an answer come back, and any of it may be lost on the way. */
import type { Functions } from './functions';
import type { Invocation } from './instance';
import { drawMs, type Weather } from './probabilities';
import type { Random } from './random';
import { ResponseStream } from './response-stream';
import type { Timeline } from './timeline';

/** A request. */
export interface Request {
  /** API Gateway's key, as `POST /api/relay/rpc`. */
  route: string;
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  credential?: string;
  body?: unknown;
  source?: string;
}

/** What came back. `broken`: the connection ended without a whole answer. */
export interface Answer {
  status: number;
  broken: boolean;
  outcome: string | undefined;
  text: string;
  invocation?: Invocation;
}

/** A request under way. */
export interface Exchange {
  answer: Promise<Answer>;
  /** The caller hangs up, or its network goes: it hears nothing more. */
  abandon(): void;
}

/** The REST API. */
export class RestFront {
  private requests = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly weather: Weather,
    private readonly functions: Functions,
    private readonly functionOf: (route: string) => string,
  ) {}

  /** Sends a request; `onPiece` is told each piece of a streamed answer as it comes. */
  send(request: Request, random: Random, onPiece?: (text: string) => void): Exchange {
    let settle: (answer: Answer) => void = () => {};
    const answer = new Promise<Answer>((resolve) => {
      settle = resolve;
    });
    let over = false;
    let text = '';
    let head: { statusCode: number; headers: Record<string, string> } | undefined;
    let ran: Invocation | undefined;
    const finish = (broken: boolean, status = head?.statusCode ?? 0) => {
      if (over) return;
      over = true;
      const outcome = head?.headers['x-call-outcome'];
      settle({ status, broken, outcome, text, ...(ran ? { invocation: ran } : {}) });
    };
    const fate = this.weather.draw('network', random);
    const isLost = fate === 'answerLost';
    let lastMs = 0;
    const down = (act: () => void) => {
      const atMs = Math.max(lastMs, this.timeline.nowMs + drawMs('network', random));
      lastMs = atMs;
      this.timeline.after(atMs - this.timeline.nowMs, act);
    };
    const arrive = () => {
      const stream = new ResponseStream(
        (metadata) => {
          head = metadata;
        },
        (piece) => {
          if (isLost) return;
          down(() => {
            if (over) return;
            text += piece;
            onPiece?.(piece);
          });
        },
      );
      // An answer may arrive while the function still does what nobody waits for.
      ran = this.functions.invoke(
        this.functionOf(request.route),
        this.eventOf(request),
        stream,
        random,
        (result) => {
          if (result.is === 'returned' || stream.ended) return;
          // API Gateway's own answer for a function that failed; a stream that had begun breaks off.
          down(() => (head ? finish(true) : finish(isLost, 502)));
        },
      );
      stream.onEnd = () => down(() => finish(isLost));
    };
    if (fate === 'requestLost') this.timeline.after(drawMs('slow', random), () => finish(true));
    else this.timeline.after(drawMs('network', random), arrive);
    if (fate === 'callerGone') this.timeline.after(random.between(1, 3_000), () => finish(true));
    return { answer, abandon: () => finish(true) };
  }

  private eventOf({ route, params, query, headers, credential, body, source }: Request): object {
    const space = route.indexOf(' ');
    return {
      httpMethod: route.slice(0, space),
      resource: route.slice(space + 1),
      headers:
        credential === undefined ? (headers ?? {}) : { authorization: `Bearer ${credential}`, ...headers },
      pathParameters: params ?? null,
      queryStringParameters: query ?? null,
      body: body === undefined || typeof body === 'string' ? (body ?? null) : JSON.stringify(body),
      isBase64Encoded: false,
      requestContext: {
        requestId: `req-${++this.requests}`,
        identity: { sourceIp: source ?? '198.51.100.7' },
      },
    };
  }
}
