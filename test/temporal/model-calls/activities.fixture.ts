import { activityInfo, heartbeat, log } from '@temporalio/activity';
import { type ConnectorOptions, createConnector } from 'nestjs-onetrace/connector';

const body = { model: 'tiny', messages: [{ role: 'user', content: 'x' }] };
const connectors = new Map<string, ReturnType<typeof connect>>();

function connect(baseUrl: string, more: Partial<ConnectorOptions>) {
  return createConnector({ name: 'llm', baseUrl, retry: { maxAttempts: 1 }, ...more, protocol: 'openai' });
}

/** One for each process, as in an application. */
function llm(baseUrl: string): ReturnType<typeof connect> {
  let made = connectors.get(baseUrl);
  if (made === undefined) connectors.set(baseUrl, (made = connect(baseUrl, {})));
  return made;
}

/** Names neither signal nor heartbeat nor failure. */
export async function asks(baseUrl: string): Promise<string> {
  const completion = await llm(baseUrl).chatCompletions(body);
  return completion.choices[0]?.message.content ?? '';
}

/** Reads a stream to its end. */
export async function streams(baseUrl: string): Promise<number> {
  let chunks = 0;
  for await (const chunk of await llm(baseUrl).chatCompletions({ ...body, stream: true }))
    chunks += chunk.choices.length;
  return chunks;
}

/** Ends only when the server says that it has seen the call's connection closed. */
export async function asksUntilGone(baseUrl: string): Promise<void> {
  try {
    await llm(baseUrl).chatCompletions(body);
  } finally {
    await fetch(`${baseUrl}/gone`);
    log.info('the server has seen it');
  }
}

/** Calls that go on although the activity is cancelled. */
export async function asksDetached(baseUrl: string): Promise<string> {
  const completion = await llm(baseUrl).chatCompletions(body, { detached: true });
  return completion.choices[0]?.message.content ?? '';
}

/** Says what it has done, calls for long, and is tried again. */
export async function resumes(baseUrl: string): Promise<unknown> {
  const info = activityInfo();
  if (info.attempt > 2) return info.heartbeatDetails as unknown;
  if (info.attempt === 1) heartbeat({ step: 3 });
  return asks(baseUrl);
}
