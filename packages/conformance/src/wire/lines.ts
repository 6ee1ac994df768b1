/**
 * JSON, a line for each text. A line ends at a line feed and nowhere else: the readline of Node.js 24 ends lines at U+2028 and U+2029 as
 * well, which JSON may hold as they are. What is written has them escaped, for commands that read by such a readline.
 */
import type { Readable } from 'node:stream';

/** Hears the lines of a stream, the last one also where no line feed ends it. */
export function hearLines(stream: Readable, hear: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = text.split('\n');
    lines[0] = rest + lines[0];
    rest = lines.pop()!;
    for (const line of lines) hear(line);
  });
  stream.on('end', () => {
    if (rest !== '') hear(rest);
  });
}

/** JSON as a line. */
export function lineOf(json: string): string {
  return `${json.replace(/[\u2028\u2029]/g, (separator) => (separator === '\u2028' ? '\\u2028' : '\\u2029'))}\n`;
}
