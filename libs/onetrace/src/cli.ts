import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import type { DevOptions } from './commands/dev.command.js';
import type { RunOptions } from './commands/run.command.js';
import type { ShowOptions } from './commands/show.command.js';

// The rooms behind a command are loaded when it runs: `onetrace --help` needs none of them.

const DEFAULT_URL = 'http://127.0.0.1:4318';
const UNITS: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

function wholeNumber(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

function byteCount(value: string): number {
  const match = /^(\d+)([kmg]?)(i?b)?$/i.exec(value);
  const bytes = match ? Number(match[1]) * (UNITS[match[2]?.toLowerCase() ?? ''] ?? 1) : 0;
  if (bytes >= 1024 ** 2) return bytes;
  throw new InvalidArgumentError('Give at least 1M, for example 512M or 2G.');
}

function httpUrl(value: string): string {
  if (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw new InvalidArgumentError(`Give a URL, for example ${DEFAULT_URL}.`);
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function buildProgram(): Command {
  const program = new Command('onetrace')
    .description('Search one trace ID and read the whole flow: spans and lines of all components in one timeline.')
    .version(version(), '-v, --version')
    .showHelpAfterError('(onetrace --help tells more)')
    .enablePositionalOptions();

  program
    .command('dev')
    .description('receive OTLP spans and log lines on this machine and keep them')
    .option('--port <number>', 'port to listen on, 0 for a free one', wholeNumber(0, 65535), 4318)
    .option('--host <address>', 'address to listen on; others than 127.0.0.1 let the network in', '127.0.0.1')
    .option('--tail <file...>', 'log files to follow, by name or glob pattern; they may appear later')
    .option('--stdin', 'read log lines from stdin too')
    .option('--db <file>', 'where to keep it (default: in your state folder)')
    .option('--max-bytes <size>', 'above this the oldest is dropped', byteCount, 512 * 1024 ** 2)
    .action(async (options: DevOptions) => (await import('./commands/dev.command.js')).devCommand(options));

  program
    .command('run')
    .description('run a program and send its log lines to onetrace dev; its output and exit code stay its own')
    .usage('[options] -- <command> [args...]')
    .argument('<command>', 'program to run')
    .argument('[args...]', 'its arguments')
    .option('--component <name>', 'component of lines that do not name one (default: the name of the program)')
    .option('--url <url>', 'where onetrace dev listens', httpUrl, DEFAULT_URL)
    .passThroughOptions()
    .action(async (command: string, args: string[], options: RunOptions) => {
      process.exitCode = await (await import('./commands/run.command.js')).runCommand(command, args, options);
    });

  program
    .command('show')
    .description('print a flow: how it went, why, where the time went, and every step')
    .argument('<id>', 'trace ID (its first 8 characters or more will do), request ID, workflow ID or run ID')
    .option(
      '--url <url>',
      `where onetrace dev listens (default: ${DEFAULT_URL}, or the store when nobody listens)`,
      httpUrl,
    )
    .option('--db <file>', 'read this store instead')
    .option('--json', 'everything that is known, as JSON')
    .option('--width <columns>', 'columns to use (default: those of the terminal, else 100)', wholeNumber(60, 1000))
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .option('--wait <seconds>', 'wait until the flow is there and whole', wholeNumber(0, 86_400))
    .action(async (id: string, options: ShowOptions) => {
      process.exitCode = await (await import('./commands/show.command.js')).showCommand(id, options);
    });

  return program;
}

buildProgram()
  .parseAsync()
  .catch((error: unknown) => {
    const { code, message } = error as { code?: string; message?: string };
    process.stderr.write(`onetrace: ${code?.startsWith('ONETRACE_') ? `${message} [${code}]` : message}\n`);
    process.exitCode = 1;
  });
