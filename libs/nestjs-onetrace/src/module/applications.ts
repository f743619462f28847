import type { Params } from 'nestjs-pino';
import type { Logger } from 'pino';
import { configureIdentifierHash, tellComponentsApart } from '../context/index.js';
import { nestjsPino, setProcessComponent, setRootLogger, tellNumericLevels, writeInSchema } from '../logging/index.js';
import {
  configureRedaction,
  markComponents,
  startTracing,
  stopTracing,
  type TracingSettings,
} from '../tracing/index.js';
import { allLoggersOf } from './application-loggers.js';
import { captureFor, type CaptureSettings } from './captures.js';
import { listenForLevel } from './level-signal.js';
import { applyLineSettings, type LineSettings } from './line-settings.js';
import { speakThrough } from './logger-module-params.js';

/** One application of this process, as far as it shares tracing and the logger with others. */
export interface Application {
  readonly tracing: TracingSettings;
  readonly root: Logger;
  readonly lines: LineSettings;
  /** Of nestjs-pino: the application's own where it has any. */
  readonly loggerParams: Params;
  readonly capture: CaptureSettings;
  /** Whether its start has come to an end. */
  started: boolean;
  /** Ends listening for the signal that changes the level. */
  forgetSignal?: (() => void) | undefined;
}

// One list for every copy of the library in the process; the application that came last stands last.
const LIST_KEY = Symbol.for('onetrace.module.applications');
const applications = ((globalThis as { [LIST_KEY]?: Set<Application> })[LIST_KEY] ??= new Set());

/** The applications of this process, in the order in which they came. */
export function runningApplications(): readonly Application[] {
  return [...applications];
}

/**
 * An application is being built: from now on there are spans and lines. One whose start never came to an end gives up
 * its share now, because Nest tells nobody that a start has failed; one that was only slow takes it back when it is done.
 */
export function enterApplication(application: Application): void {
  for (const other of applications) if (!other.started) void leaveApplication(other);
  join(application);
}

/** The start of an application has come to an end. */
export function applicationStarted(application: Application): void {
  application.started = true;
  if (!applications.has(application)) join(application);
}

/** An application has ended: hands over its last spans, and stops tracing with the last application. Never rejects. */
export async function leaveApplication(application: Application): Promise<void> {
  if (!applications.delete(application)) return;
  application.forgetSignal?.();
  // With no other application its logger stays: what still has something to say must not say it elsewhere.
  const last = [...applications].at(-1);
  if (last !== undefined) speakFor(last);
  captureFor(captures());
  await stopTracing();
}

function join(application: Application): void {
  applications.add(application);
  const { levelSignal } = application.lines;
  application.forgetSignal =
    levelSignal && listenForLevel(levelSignal, () => allLoggersOf(application, runningApplications()));
  // What tracing has to say at its start is said by this application's logger.
  setRootLogger(application.root);
  startTracing(application.tracing);
  speakFor(application);
  captureFor(captures());
}

function captures(): CaptureSettings[] {
  return [...applications].map(({ capture }) => capture);
}

/** What belongs to no request is this application's: its lines, its component. IDs are hashed with its key. */
function speakFor({ root, tracing, loggerParams, lines }: Application): void {
  const several = [...applications].some((other) => other.tracing.component !== tracing.component);
  tellComponentsApart(several ? tracing.component : undefined);
  markComponents(several);
  setRootLogger(root);
  setProcessComponent(tracing.component);
  configureIdentifierHash(tracing.privacy);
  configureRedaction([...applications].map((application) => application.tracing.privacy));
  applyLineSettings(lines);
  // nestjs-pino keeps one logger a process, that of the LoggerModule it met first: the application's own, or an earlier one's.
  const applicationRoot = nestjsPino().PinoLogger.root as Logger | undefined;
  // There is none with `useExisting`: those lines are the HTTP server's own logger's.
  if (applicationRoot !== undefined) {
    speakThrough(applicationRoot, loggerParams, root);
    writeInSchema(applicationRoot, tracing.component);
  }
  tellNumericLevels();
}
