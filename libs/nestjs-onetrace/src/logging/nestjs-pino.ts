import { createRequire } from 'node:module';
import * as imported from 'nestjs-pino';

type NestjsPino = typeof imported;

const IN_PACKAGES = /[\\/]node_modules[\\/]/;

let chosen: NestjsPino | undefined;

/**
 * nestjs-pino in the copy that the application uses. The package has one for `import` and one for `require`, and its
 * classes are injection tokens: a CommonJS application requires the one while our ES modules, which it loads too, would
 * import the other, and could neither inject `PinoLogger` nor see its lines in the schema. Decided at the first call,
 * when the application's modules are being declared.
 */
export function nestjsPino(): NestjsPino {
  return (chosen ??= requiredCopy() ?? imported);
}

function requiredCopy(): NestjsPino | undefined {
  const program = process.argv[1];
  if (program === undefined) return undefined;
  try {
    const requireFromProgram = createRequire(program);
    const path = requireFromProgram.resolve('nestjs-pino');
    // Where somebody has required it already, or where the program itself is CommonJS and would.
    const isRequired = requireFromProgram.cache[path] !== undefined;
    const isMain = requireFromProgram.main?.filename === requireFromProgram.resolve(program);
    // What is started from node_modules is a test runner or a process manager, which tells nothing of the application.
    const isCommonJs = isMain && !IN_PACKAGES.test(program);
    return isRequired || isCommonJs ? (requireFromProgram(path) as NestjsPino) : undefined;
  } catch {
    // Not reachable from the program, in a bundle for example: then there is only the imported copy.
    return undefined;
  }
}
