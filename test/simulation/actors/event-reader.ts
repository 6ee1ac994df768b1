/** Reads server-sent events as their pieces come. */

/** One event. */
export interface StreamEvent {
  event: string;
  data: string;
  id: string | undefined;
}

/** A reader of one stream. */
export class EventReader {
  /** The event that came last. */
  last: StreamEvent | undefined;
  private rest = '';

  constructor(private readonly onEvent: (event: StreamEvent) => void) {}

  /** Takes a piece. */
  take(text: string): void {
    this.rest += text;
    for (let end = this.rest.indexOf('\n\n'); end >= 0; end = this.rest.indexOf('\n\n')) {
      const block = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + 2);
      if (block.startsWith(':')) continue;
      const members = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(': ');
          return [line.slice(0, colon), line.slice(colon + 2)] as const;
        }),
      );
      const event = {
        event: members.get('event') ?? '',
        data: members.get('data') ?? '',
        id: members.get('id'),
      };
      this.last = event;
      this.onEvent(event);
    }
  }
}
