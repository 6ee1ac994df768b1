/** A model that says what it is told, word by word, as OpenAI's API would: no key, no network. */
import { createServer, type Server } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/** Between two words. */
const wordMs = 40;

interface Message {
  role: string;
  content: string | Array<{ text?: string }>;
}

/** A model under way. */
export interface EchoModel {
  url: string;
  /** What it was asked, by its answers. */
  answered: string[];
  stop(): Promise<void>;
}

/** Starts it. */
export async function startEchoModel(): Promise<EchoModel> {
  const answered: string[] = [];
  const server: Server = createServer(async (request, response) => {
    const body = await textOf(request);
    if (request.url?.endsWith('/models')) {
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'echo', object: 'model' }] }));
      return;
    }
    const said = answerTo((JSON.parse(body) as { messages?: Message[] }).messages ?? []);
    answered.push(said);
    response.setHeader('content-type', 'text/event-stream');
    const chunk = (delta: object, finish_reason: string | null = null) =>
      response.write(
        `data: ${JSON.stringify({ id: 'echo', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
      );
    for (const word of said.split(/(?<= )/)) {
      chunk({ role: 'assistant', content: word });
      await pause(wordMs);
    }
    chunk({}, 'stop');
    response.end('data: [DONE]\n\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}/v1`,
    answered,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The last thing that a person said; OpenClaw adds messages of its own. */
function answerTo(messages: Message[]): string {
  const texts = messages
    .filter(({ role }) => role === 'user')
    .map(({ content }) =>
      typeof content === 'string' ? content : content.map(({ text = '' }) => text).join(''),
    )
    .filter((text) => !text.includes('OPENCLAW_INTERNAL_CONTEXT'));
  return `echo: ${texts.at(-1) ?? ''}`;
}
