import type { Logger } from 'pino';
import { noticeOnce } from '../tracing/index.js';
import { noteAdopted } from './adopted-loggers.js';
import { tellNumericLevels } from './numeric-levels.js';
import { isOfThisPino, writeInSchema } from './root-logger.js';

/**
 * Makes a logger that the application has built with `pino()` write lines of the schema, with trace, identity and
 * redaction: the children that it has and those to come too. Its level, destination, serializers and redaction stay; from
 * now on `setLogLevel` and `logging.levelSignal` change that level too.
 *
 * @param component name on its lines; that of the running application unless given
 */
export function adoptPino<L extends Pick<Logger, 'level' | 'info'>>(logger: L, component?: string): L {
  const adopted = logger as unknown as Logger;
  if (isOfThisPino(adopted)) {
    writeInSchema(adopted, component);
    noteAdopted(adopted, component);
    tellNumericLevels();
  } else {
    noticeOnce(
      'adopt-pino',
      'adoptPino() got a logger of another copy of pino, whose lines stay as they are; install one pino for both',
    );
  }
  return logger;
}
