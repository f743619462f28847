/** `npm start`: the whole chain, until Ctrl-C. */
import { build } from '../build/build.ts';
import { startChain } from '../chain/chain.ts';
import { awaitInterruption } from '../demo/interruption.ts';

const report = (line: string): void => console.error(line);
try {
  process.exitCode = await build({ commonJs: false });
  if (process.exitCode === 0) await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const interruption = awaitInterruption();
  const chain = await startChain({ report, temporalUi: true, signal: interruption.signal });
  try {
    console.log(`
  gateway    ${chain.url}          (through nginx)
  receiver   ${chain.receiverUrl}          OTLP/HTTP, and lines of ${chain.folder}/logs
  Temporal   http://127.0.0.1:${chain.temporal.uiPort}

Send a request:

  curl -i ${chain.url}/v1/pipelines/text-generation/runs -H 'Content-Type: application/json' -d '{"input":{"prompt":"Hello"}}'

and read its story by the X-Trace-ID of the answer, in this folder:

  npx onetrace show <trace ID> --url ${chain.receiverUrl}

Ctrl-C ends everything.`);
    process.exitCode = await interruption.code;
  } finally {
    await chain.stop();
  }
}
