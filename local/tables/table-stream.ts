/**
 * The streams of tables, kept here and not by the engine: that looks through every record it ever wrote before it writes
 * the next, and deletes none. A stream is what its readers have not read; it is lost with the process, as they go on at
 * its end after a start.
 */
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { itemBytes } from './dynamodb-units';
import type { LocalTable } from './tables';

/** An item in DynamoDB's JSON. */
export type Item = Record<string, Record<string, unknown>>;

/** What a write did to one item. */
export interface Change {
  keys: Item;
  /** Undefined where there was none, or is none any more. */
  before: Item | undefined;
  after: Item | undefined;
  /** Who wrote, where it was a service of AWS. */
  userIdentity?: { type: string; principalId: string } | undefined;
}

/** A record as a Lambda event carries it, but for the stream's own name. */
export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: string;
  eventSource: string;
  awsRegion?: string;
  eventSourceARN?: string;
  userIdentity?: { type: string; principalId: string };
  dynamodb: {
    SequenceNumber: string;
    /** Seconds. */
    ApproximateCreationDateTime: number;
    Keys: Item;
    NewImage?: Item;
    OldImage?: Item;
    SizeBytes: number;
    StreamViewType: string;
  };
}

/** A place in a stream, of one who reads it. */
export interface StreamReader {
  /** Gives and forgets the next records, at most `limit`. */
  read(limit: number): StreamRecord[];
}

/** DynamoDB keeps records for a day; here they are kept up to this many bytes behind the slowest reader. */
const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

/** DynamoDB's own form: 21 digits. */
const FIRST_SEQUENCE_NUMBER = 100_000_000_000_000_000_000n;

class Unread implements StreamReader {
  #records: StreamRecord[] = [];
  #bytes = 0;
  readonly #maxBytes: number;
  readonly #onLoss: (count: number) => void;

  constructor(maxBytes: number, onLoss: (count: number) => void) {
    this.#maxBytes = maxBytes;
    this.#onLoss = onLoss;
  }

  add(record: StreamRecord): void {
    this.#records.push(record);
    this.#bytes += record.dynamodb.SizeBytes;
    // Half of them at once: a reader that does not read would else cost a pass with each record.
    if (this.#bytes > this.#maxBytes) this.#onLoss(this.read(Math.ceil(this.#records.length / 2)).length);
  }

  read(limit: number): StreamRecord[] {
    const read = this.#records.splice(0, limit);
    for (const { dynamodb } of read) this.#bytes -= dynamodb.SizeBytes;
    return read;
  }
}

/** The stream of one table. */
export class TableStream {
  readonly #viewType: string;
  readonly #readers: Unread[] = [];
  #next = FIRST_SEQUENCE_NUMBER;

  constructor(viewType: string) {
    this.#viewType = viewType;
  }

  /** Whether anybody reads it: else nothing needs to be told. */
  get isRead(): boolean {
    return this.#readers.length > 0;
  }

  /** Reads what is written from now on. `onLoss` hears of records that were forgotten unread. */
  reader(onLoss: (count: number) => void, maxBytes = MAX_UNREAD_BYTES): StreamReader {
    const reader = new Unread(maxBytes, onLoss);
    this.#readers.push(reader);
    return reader;
  }

  /** Tells readers of a change; as on AWS, a write that changed nothing is none. */
  append(change: Change): void {
    if (isDeepStrictEqual(change.before, change.after)) return;
    const record = this.#record(change);
    for (const reader of this.#readers) reader.add(record);
  }

  #record({ keys, before, after, userIdentity }: Change): StreamRecord {
    const has = (images: string) => this.#viewType === images || this.#viewType === 'NEW_AND_OLD_IMAGES';
    const images = {
      ...(after && has('NEW_IMAGE') && { NewImage: after }),
      ...(before && has('OLD_IMAGE') && { OldImage: before }),
    };
    return {
      eventID: randomBytes(16).toString('hex'),
      eventName: !before ? 'INSERT' : after ? 'MODIFY' : 'REMOVE',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      ...(userIdentity && { userIdentity }),
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(Date.now() / 1_000),
        Keys: keys,
        ...images,
        SequenceNumber: String(this.#next++),
        SizeBytes: [keys, ...Object.values(images)].reduce((sum, item) => sum + itemBytes(item), 0),
        StreamViewType: this.#viewType,
      },
    };
  }
}

/** The streams of the tables that have one, by the tables' names. */
export function tableStreams(tables: LocalTable[]): Map<string, TableStream> {
  return new Map(
    tables.flatMap(({ name, streamViewType }) =>
      streamViewType === undefined ? [] : [[name, new TableStream(streamViewType)] as const],
    ),
  );
}
