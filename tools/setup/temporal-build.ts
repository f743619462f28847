import { elapsed, withProgress } from './progress.ts';
import { findProgram, lastLines, runProgram } from './program.ts';
import { WayClosedError, type Report } from './tool.ts';

/** Where the CLI keeps the version it prints; the linker sets it, as the project's own releases do. */
const VERSION_VARIABLE = 'github.com/temporalio/cli/temporalcli.Version';

/** Where Go's own installer puts it; login shells find it, others may not. */
export const GO_FOLDERS = ['/usr/local/go/bin', '/opt/homebrew/bin'];

/**
 * Builds the Temporal CLI from its Go module into `folder`. Go verifies the module against its checksum database.
 *
 * @param moreFolders where Go is looked for after PATH
 * @throws {WayClosedError} when Go is missing or the build fails
 */
export async function buildTemporal(
  folder: string,
  version: string,
  env: NodeJS.ProcessEnv,
  moreFolders: string[],
  report: Report,
): Promise<void> {
  const go = await findProgram('go', env, moreFolders);
  if (!go) throw new WayClosedError('Go is not installed');

  report(`Building Temporal CLI ${version} from its Go module (once; some minutes) ...`);
  const started = Date.now();
  let packages = 0;
  let doing = 'resolving modules';
  const outcome = await withProgress(
    report,
    'building',
    () => doing,
    () =>
      runProgram(
        go,
        [
          'install',
          '-v',
          '-ldflags',
          `-s -w -X ${VERSION_VARIABLE}=${version}`,
          `github.com/temporalio/cli/cmd/temporal@v${version}`,
        ],
        {
          cwd: folder, // outside any Go module of the caller's
          env: {
            ...env,
            CGO_ENABLED: '0',
            GOFLAGS: '-trimpath -buildvcs=false',
            GOBIN: folder,
            // A cross-compiling environment would build for another machine, and GOBIN refuses that.
            GOOS: '',
            GOARCH: '',
          },
          onLine: (line) => {
            if (line.startsWith('go: downloading ')) doing = line.slice('go: '.length);
            else if (/^[\w.~/-]+$/.test(line)) doing = `${(packages += 1)} packages compiled, now ${line}`;
          },
        },
      ),
  );
  if (outcome.code !== 0) throw new WayClosedError(`go install failed: ${lastLines(outcome.output)}`);
  report(`Built Temporal CLI ${version} in ${elapsed(started)}.`);
}
