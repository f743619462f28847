/** A program that the demo and the tests run beside Node, found or brought by the set-up. */
export interface Tool {
  name: 'temporal' | 'nginx';
  /** Absolute path of the executable. */
  path: string;
  /** The program's own version, for example `1.5.1`. */
  version: string;
  /** Which of the ways of the set-up gave it. */
  origin: 'environment' | 'path' | 'cache' | 'download' | 'build' | 'package';
  /** Variables that the program needs besides the caller's environment. */
  env?: Record<string, string>;
  /** Arguments that the program needs before the caller's own. */
  args?: string[];
}

/** Takes one line of progress; where it goes is the caller's business. */
export type Report = (line: string) => void;

/** A way to a tool that cannot be gone on this machine: the set-up says so in one line and tries the next. */
export class WayClosedError extends Error {
  override readonly name = 'WayClosedError';
}

/** The set-up cannot go on; the message says what is wrong and what to do, and carries a code `ONETRACE_SETUP_...`. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
