/** Lines that end the message of an error: its stack, or what CDK prints in place of one. */
const END_OF_MESSAGE = /^\s+(at\s|\.\.\.aws-cdk-lib)|^Node\.js v/;

/** `Error: sentence`, `TypeError: sentence`, and CDK's own `[«Code» sentence`. */
const START_OF_MESSAGE = /^(?:Uncaught )?(?:\[?«\w+»|\[?\w*Error(?: \[\w+\])?:)\s*(.*)$/;

/** How many lines of unknown output are worth showing. */
const LAST_LINES = 15;

/** The sentence in which a Node process that died of an error says why, without its stack trace. */
export function appErrorSentence(output: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
  const lines = output.replace(/\u001b\[[0-9;]*m/g, '').split(/\r?\n/);
  const details = lines.filter((line) => line.includes('[ERROR]')).map((line) => line.trim());
  const start = lines.findIndex((line) => START_OF_MESSAGE.test(line));
  if (start < 0) {
    const text = lines.filter((line) => line.trim() && !END_OF_MESSAGE.test(line)).slice(-LAST_LINES);
    return text.join('\n') || 'The app ended with an error and said nothing.';
  }
  const message = [START_OF_MESSAGE.exec(lines[start]!)![1]!];
  for (const line of lines.slice(start + 1)) {
    if (END_OF_MESSAGE.test(line)) break;
    message.push(line.trim());
  }
  return [...details, message.filter(Boolean).join(' ')].join('\n');
}
