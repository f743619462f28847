import { noticeOnce } from '../notice.js';
import type { ExportOption } from '../tracing-options.js';

/** One place that spans go to. */
export type ExportTarget = Exclude<ExportOption, 'none'>;

/**
 * Where spans go: the option, else nowhere by `OTEL_SDK_DISABLED`, else where `OTEL_TRACES_EXPORTER` says (a list, such as
 * `otlp,console`), else OTLP.
 */
export function exportTargets(option: ExportOption | undefined): readonly ExportTarget[] {
  if (option !== undefined) return option === 'none' ? [] : [option];
  if (process.env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return [];
  const names = (process.env['OTEL_TRACES_EXPORTER'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) return ['otlp'];
  const targets = new Set<ExportTarget>();
  for (const name of names) {
    if (name === 'otlp' || name === 'console') targets.add(name);
    else if (name !== 'none') {
      noticeOnce(
        'traces-exporter',
        `OTEL_TRACES_EXPORTER names "${name}"; it takes otlp, console, none, or a list of them; "${name}" is left out`,
      );
    }
  }
  return [...targets];
}
