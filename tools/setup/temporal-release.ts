import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DOWNLOAD_LIMITS, downloadVerified, fetchText, type DownloadLimits } from './download.ts';
import { withProgress } from './progress.ts';
import { lastLines, runProgram } from './program.ts';
import { WayClosedError, type Report } from './tool.ts';

/** Where the Temporal CLI publishes its releases. */
export const TEMPORAL_RELEASES = 'https://github.com/temporalio/cli/releases/download';

export interface ReleaseOptions {
  version: string;
  /** Base address of the releases; tests serve their own. */
  releases: string;
  platform: NodeJS.Platform;
  arch: string;
  limits?: DownloadLimits;
}

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin' };
const PROCESSORS: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Puts the released binary, verified against the release's own checksums, as `temporal` into `folder`.
 *
 * @throws {WayClosedError} when there is no release for this machine or the network does not give it
 * @throws {SetupError} ONETRACE_SETUP_CHECKSUM when the archive is not the released one
 */
export async function downloadTemporal(folder: string, options: ReleaseOptions, report: Report): Promise<void> {
  const system = SYSTEMS[options.platform];
  const processor = PROCESSORS[options.arch];
  if (!system || !processor) throw new WayClosedError(`no release of it for ${options.platform} ${options.arch}`);
  const asset = `temporal_cli_${options.version}_${system}_${processor}.tar.gz`;
  const base = `${options.releases}/v${options.version}`;
  const limits = options.limits ?? DOWNLOAD_LIMITS;

  const sha256 = checksumOf(asset, await fetchText(`${base}/checksums.txt`, limits));
  if (!sha256) throw new WayClosedError(`${base}/checksums.txt does not list ${asset}`);

  const archive = join(folder, asset);
  let progress = '';
  await withProgress(
    report,
    'downloading',
    () => progress,
    () =>
      downloadVerified(`${base}/${asset}`, archive, sha256, limits, (bytes, whole) => {
        progress = whole ? `${megabytes(bytes)} of ${megabytes(whole)} MB` : `${megabytes(bytes)} MB`;
      }),
  );
  const unpacked = await runProgram('tar', ['-xzf', archive, '-C', folder, 'temporal']);
  if (unpacked.code !== 0) throw new WayClosedError(`tar cannot unpack ${asset}: ${lastLines(unpacked.output)}`);
  await rm(archive);
  await chmod(join(folder, 'temporal'), 0o755);
}

/** The checksum of one file in the format of sha256sum: 64 hex digits, blanks, the name. */
function checksumOf(asset: string, checksums: string): string | undefined {
  const line = checksums.split('\n').find((each) => each.trim().split(/\s+\*?/)[1] === asset);
  const sha256 = line?.trim().split(/\s+/)[0]?.toLowerCase();
  return sha256 && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}
