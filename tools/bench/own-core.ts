import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What is measured alone on one core, and everything else on the others. */
export interface OwnCore {
  /** Gives the measured process, with all its threads, the core of its own. */
  keepFor(pid: number): void;
  /** Lets this process run everywhere again. */
  release(): void;
}

const SHARED: OwnCore = { keepFor: () => undefined, release: () => undefined };

/**
 * Sets a core apart for what is measured: this process, and what it starts from here on, keep to the others. Threads that move between cores
 * beside a busy server cost a varying amount of processor time. By `taskset` of Linux; elsewhere all share the cores, which is reported.
 */
export function ownCore(report: (line: string) => void): OwnCore {
  try {
    const cores = allowedCores();
    const own = cores.at(-1);
    const others = cores.slice(0, -1);
    if (own === undefined || others.length === 0) throw new Error('there is one core');
    keepTo(others, process.pid);
    return { keepFor: (pid) => keepTo([own], pid), release: () => keepTo(cores, process.pid) };
  } catch (error) {
    report(`worker and server share the cores: ${error instanceof Error ? error.message : String(error)}`);
    return SHARED;
  }
}

/** Such as `0-3,6`. */
function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function keepTo(cores: readonly number[], pid: number): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores.join(','), String(pid)], { stdio: 'ignore' });
}
