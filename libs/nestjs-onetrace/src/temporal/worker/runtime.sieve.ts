import type { RuntimeLogger, SdkAttributes, SdkLevel } from './runtime.logger.js';

/** A logger of the SDK, as far as it is used here. */
export interface SdkLogger {
  log(level: SdkLevel, message: string, attributes?: SdkAttributes): void;
}

const SIEVED = new WeakSet<SdkLogger>();

/**
 * Drops lines that nobody asked for where the SDK's logger takes them, before it asks the native core for the time, copies
 * the attributes and sorts the line in among others: the SDK tells dozens of DEBUG lines a workflow, and has them wait
 * whatever their level.
 *
 * @param buffering the logger that hands its lines on to ours after a while.
 */
export function dropUnwanted(buffering: SdkLogger | undefined, logger: RuntimeLogger): void {
  // Without forwarding from the native core the SDK hands over to ours at once.
  if (buffering === undefined || buffering === logger || SIEVED.has(buffering)) return;
  SIEVED.add(buffering);
  const log = buffering.log.bind(buffering);
  buffering.log = (level, message, attributes) => {
    if (logger.wants(level, message, attributes)) log(level, message, attributes);
  };
}
