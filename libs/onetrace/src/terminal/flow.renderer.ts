import type { Flow } from '../flow/flow.js';
import { renderHeader } from './header.section.js';
import { renderNotices } from './notice.section.js';
import { Palette } from './palette.js';
import { renderTimeline } from './timeline.section.js';

const DEFAULT_WIDTH = 100;
const LEAST_WIDTH = 60;

/** How a flow is printed. */
export interface RenderOptions {
  /** Columns no line exceeds. Default 100, at least 60. */
  width?: number;
  /** Escape sequences for colours. Default false. */
  color?: boolean;
}

/** A flow as text for a terminal: the answer first, then the story. Ends with a line break. */
export function renderFlow(flow: Flow, options: RenderOptions = {}): string {
  const width = Math.max(LEAST_WIDTH, Math.trunc(options.width ?? DEFAULT_WIDTH));
  const palette = new Palette(options.color ?? false, flow.components);
  const notices = renderNotices(flow, width).map((notice) => palette.paint('yellow', notice));
  const lines = [...renderHeader(flow, width, palette), ...notices, '', ...renderTimeline(flow, width, palette)];
  return `${lines.join('\n')}\n`;
}
