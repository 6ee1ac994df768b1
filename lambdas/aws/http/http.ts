/** Functions whose integration is a STREAM: what they do after their answer delays nobody. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { recorderOf } from '../monitor/recorder';
import { answerTo, bodyOf, headersOf, logFailure, type Routes } from './answer';
import { writePieces } from './write-pieces';

/** The handler of a function whose integration is a STREAM. */
export function streamedHttp(routes: Routes) {
  return awslambda.streamifyResponse(async (event: APIGatewayProxyEvent, stream) => {
    const tasks: Array<() => Promise<unknown>> = [];
    const recorder = recorderOf(event.requestContext.requestId);
    const answer = await answerTo(routes, event, { recorder, afterwards: (task) => tasks.push(task) });
    const out = awslambda.HttpResponseStream.from(stream, {
      statusCode: answer.status,
      headers: headersOf(answer, event),
    });
    out.on('error', () => {}); // The caller is gone; the work of a plain answer goes on.
    // Status and headers leave with the first write, not with the end.
    out.write(bodyOf(answer));
    if (answer.pieces) await writePieces(out, answer.pieces);
    out.end();
    await recorder.flush();
    for (const task of tasks) await task().catch((error) => logFailure('afterwards', error));
    await recorder.flush();
  });
}
