import { noticeOnce, safely } from '../../tracing/index.js';
import { RuntimeLogger } from './runtime.logger.js';
import { dropUnwanted, type SdkLogger } from './runtime.sieve.js';
import { sdkPackage } from './sdk-package.js';

/** The part of `@temporalio/worker` that is needed here. */
interface WorkerPackage {
  readonly Runtime: {
    install(options: unknown): unknown;
    instance(): { readonly logger: SdkLogger };
    /** With what the Runtime was installed and is made anew after all connections were closed; the SDK's own affair. */
    readonly defaultOptions?: { readonly logger?: unknown };
  };
}

/**
 * Makes the lines of Temporal's SDK and of its native core come out through our logger. Works before the first native
 * connection or worker of the process only; a Runtime that the application installed itself is left alone.
 */
export function installRuntimeLogger(): void {
  const sdk = sdkPackage<WorkerPackage>('@temporalio/worker');
  try {
    sdk?.Runtime.install({
      logger: new RuntimeLogger(),
      telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    });
  } catch (error) {
    // "already been installed": the application's own, or ours for an earlier connection. Either may also have been made
    // anew, for a connection without the plugin: then it still has the logger that it was installed with.
    const keepsLogger = sdk?.Runtime.defaultOptions?.logger !== undefined;
    if (!keepsLogger && error instanceof Error && /already been instantiated/.test(error.message)) {
      noticeOnce(
        'temporal-runtime',
        "Temporal's own lines keep their format, because a connection was made before the plugin saw one; pass " +
          'plugins: [temporalTracing()] to NativeConnection.connect too',
      );
    }
  }
  const used = sdk?.Runtime.defaultOptions?.logger;
  // It has been made above, or by whoever came first.
  if (used instanceof RuntimeLogger)
    safely('temporal.runtime', () => dropUnwanted(sdk?.Runtime.instance().logger, used));
}
