import { ERROR_CODES } from './error-codes.js';
import { OnetraceError } from './onetrace.error.js';

/**
 * Ends the start on a Node.js that is too old, with what to do instead of the first thing that it lacks. Imported by each entry before all else; what is newer
 * than that Node.js may not be imported by its name anywhere, because names are looked up before anything runs.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  throw new OnetraceError(
    ERROR_CODES.unsupportedNode,
    `nestjs-onetrace needs Node.js 22.13 or newer, and this is ${process.version}; start the application with a newer one, and look at which node comes first on its PATH`,
  );
}
