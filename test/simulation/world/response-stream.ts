/** What Lambda gives a streaming function to write its answer to. */

type Listener = () => void;

/** As much of a writable stream as the functions use. Nobody reads too slowly in this world. */
export class ResponseStream {
  ended = false;
  destroyed = false;
  onEnd: Listener = () => {};

  constructor(
    readonly onHead: (metadata: { statusCode: number; headers: Record<string, string> }) => void,
    private readonly onPiece: (text: string) => void,
  ) {}

  write(text: string, _encoding?: string, written?: () => void): boolean {
    if (text !== '') this.onPiece(text);
    written?.();
    return true;
  }

  end(): void {
    this.ended = true;
    this.onEnd();
  }

  on(_event: string, _listener: Listener): this {
    return this;
  }

  once(_event: string, _listener: Listener): this {
    return this;
  }

  off(_event: string, _listener: Listener): this {
    return this;
  }
}

/** Lambda's global of that name. */
export const awslambda = {
  streamifyResponse: (handler: unknown) => handler,
  HttpResponseStream: {
    from(stream: ResponseStream, metadata: { statusCode: number; headers: Record<string, string> }) {
      stream.onHead(metadata);
      return stream;
    },
  },
};
