/** Functions whose integration is a STREAM: what they do after their answer delays nobody. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { showRefusal } from '../../core/monitor/refusals';
import { recorderOf } from '../monitor/recorder';
import { answerTo, bodyOf, headersOf, logFailure, type Routes } from './answer';
import { surviveBreakOf } from './broken-streams';
import { sourceIpOf } from './source-ip';
import { writePieces } from './write-pieces';

/** The handler of a function whose integration is a STREAM. */
export function streamedHttp(routes: Routes) {
  return awslambda.streamifyResponse(async (event: APIGatewayProxyEvent, stream) => {
    const tasks: Array<() => Promise<unknown>> = [];
    const recorder = recorderOf(event.requestContext.requestId);
    const surroundings = { recorder, afterwards: (task: () => Promise<unknown>) => void tasks.push(task) };
    const answer = await answerTo(routes, event, surroundings, (error, facts) =>
      showRefusal(recorder, { source: sourceIpOf(event), receivedAtMs: Date.now() }, error, facts),
    );
    const out = awslambda.HttpResponseStream.from(stream, {
      statusCode: answer.status,
      headers: headersOf(answer, event),
    });
    surviveBreakOf(out);
    if (answer.pieces) await writePieces(out, answer.pieces);
    // Status and headers leave with the first write, not with the end.
    else out.write(bodyOf(answer));
    out.end();
    await recorder.flush();
    for (const task of tasks) await task().catch((error) => logFailure('afterwards', error));
    await recorder.flush();
  });
}
