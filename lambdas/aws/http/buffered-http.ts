/** Functions whose integration is BUFFERED: those that touch nothing. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Recorder } from '../../core/monitor/ports';
import { answerTo, bodyOf, headersOf, type Routes } from './answer';

/** A buffered function records nothing: its answer would wait for the writing. */
const noRecorder: Recorder = { record: () => {}, idle: () => {} };

/** The handler of a function whose integration is BUFFERED. */
export function bufferedHttp(routes: Routes) {
  return async (event: APIGatewayProxyEvent) => {
    const answer = await answerTo(routes, event, { recorder: noRecorder, afterwards: (task) => void task() });
    return { statusCode: answer.status, headers: headersOf(answer, event), body: bodyOf(answer) };
  };
}
