/** `npm start`: the whole chain, until Ctrl-C. */
import { build } from '../build/build.ts';
import { startChain } from '../chain/chain.ts';
import { untilInterrupted } from '../demo/interruption.ts';

const report = (line: string): void => console.error(line);
process.exitCode = await build({ commonJs: false });
if (process.exitCode === 0) {
  const interrupted = untilInterrupted();
  const chain = await startChain({ report, temporalUi: true });
  try {
    console.log(`
  gateway    ${chain.url}          (through nginx)
  receiver   ${chain.receiverUrl}          OTLP/HTTP, and lines of ${chain.folder}/logs
  Temporal   http://127.0.0.1:${chain.temporal.uiPort}

Send a request:

  curl -i ${chain.url}/v1/pipelines/text-generation/runs -H 'Content-Type: application/json' -d '{"input":{"prompt":"Hello"}}'

and read its story by the X-Trace-ID of the answer:

  npx onetrace show <trace ID> --url ${chain.receiverUrl}

Ctrl-C ends everything.`);
    process.exitCode = await interrupted;
  } finally {
    await chain.stop();
  }
}
