import { execFile, spawn } from 'node:child_process';
import type { Flow } from '../../libs/onetrace/src/index.ts';
import { ONETRACE_CLI } from './chain.ts';

/** What the command line printed and how it ended. */
export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line of the package `onetrace` as its user does. */
export function onetrace(...args: string[]): Promise<CliResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [ONETRACE_CLI, ...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Waits until the flow has settled and gives its data. */
export async function showFlow(id: string, receiverUrl: string, waitSeconds = 20): Promise<Flow> {
  const { code, stdout, stderr } = await onetrace(
    'show',
    id,
    '--url',
    receiverUrl,
    '--wait',
    String(waitSeconds),
    '--json',
  );
  if (code !== 0) throw new Error(`onetrace show ${id} ended with ${code}: ${stderr || stdout}`);
  return JSON.parse(stdout) as Flow;
}

/** Prints a flow on this process's own output, in its colours and width. */
export function printStory(id: string, receiverUrl: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [ONETRACE_CLI, 'show', id, '--url', receiverUrl], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', () => resolve());
  });
}
