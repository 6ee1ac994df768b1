/** What an operator can mend: shown as one sentence, exit code 1; 2 where the command itself makes no sense. */
export class Failure extends Error {
  constructor(
    sentence: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(sentence);
  }
}
