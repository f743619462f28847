import type { Logger } from 'pino';
import { writeInSchema } from './root-logger.js';

/**
 * Makes a logger that the application has built with `pino()` write lines of the schema, with trace, identity and
 * redaction: the children that it has and those to come too. Its level, destination, serializers and redaction stay.
 *
 * @param component name on its lines; that of the running application unless given
 */
export function adoptPino<L extends Pick<Logger, 'level' | 'info'>>(logger: L, component?: string): L {
  writeInSchema(logger as unknown as Logger, component);
  return logger;
}
