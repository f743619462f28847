import { basename } from 'node:path';
import { runProgram } from '../delivery/child.program.js';
import { LineSender } from '../delivery/line.sender.js';
import { formatLine } from '../lines/line.formatter.js';
import { parseLine } from '../lines/line.parser.js';
import { LineSplitter } from '../lines/line.splitter.js';

const FLUSH_MS = 2000;

/** Options of `onetrace run`. */
export interface RunOptions {
  url: string;
  component?: string;
}

/** Runs a program and sends its lines to the receiver as well. Returns its exit code. */
export async function runCommand(command: string, args: readonly string[], options: RunOptions): Promise<number> {
  const sender = new LineSender({ url: options.url });
  const component = options.component ?? basename(command);
  const splitter = (): LineSplitter =>
    new LineSplitter((text) => {
      const line = parseLine(text, { timeMs: Date.now(), component });
      if (line !== undefined) sender.add(formatLine(line));
    });
  const splitters = { stdout: splitter(), stderr: splitter() };
  const code = await runProgram({ command, args, onOutput: (chunk, stream) => splitters[stream].write(chunk) });
  splitters.stdout.end();
  splitters.stderr.end();
  await sender.close(FLUSH_MS);
  // Into a terminal only: whoever reads the program's stderr by machine gets the program's bytes and no others.
  if (sender.dropped > 0 && process.stderr.isTTY) {
    process.stderr.write(
      `onetrace run: ${sender.dropped} lines did not reach ${options.url}; is onetrace dev running there?\n`,
    );
  }
  return code;
}
