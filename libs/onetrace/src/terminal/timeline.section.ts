import type { Flow, FlowRow } from '../flow/flow.js';
import { modelNotes } from './model.note.js';
import type { Palette } from './palette.js';
import { cut, fit, printable, widthOf } from './text.fit.js';
import { formatClock, formatDuration } from './time.format.js';

const CLOCK_COLUMNS = 12;
const OFFSET_COLUMNS = 8;
const DURATION_COLUMNS = 8;
const MARK_COLUMNS = 2;
const MAX_COMPONENT_COLUMNS = 12;
const BAR_COLUMNS = { least: 10, most: 48 };
const GAPS = 6;
/** Below this a bar says nothing and the names need the room. */
const NARROW = 80;
/** Names move in by one column a level where the tree is so deep that two would eat them up. */
const DEEP = 5;

const NOTE_SEPARATOR = ' · ';
const LEAST_NOTE = 8;

const MARKS = { failed: '✗', open: '⋯', slowest: '◂' };

interface Columns {
  component: number;
  name: number;
  bar: number;
  indent: number;
}

/** The story: one line a row on a common time axis. */
export function renderTimeline(flow: Flow, width: number, palette: Palette): string[] {
  const columns = layOut(flow, width);
  return [
    titles(flow, columns, palette),
    ...flow.rows.map((row) => renderRow(flow, row, columns, palette)),
    ...legend(flow, width, palette),
  ];
}

function layOut(flow: Flow, width: number): Columns {
  const deepest = flow.rows.reduce((most, row) => Math.max(most, row.depth), 0);
  const indent = deepest > DEEP ? 1 : 2;
  const component = Math.min(
    MAX_COMPONENT_COLUMNS,
    flow.rows.reduce((most, row) => Math.max(most, widthOf(row.component)), 9),
  );
  const room = width - CLOCK_COLUMNS - OFFSET_COLUMNS - component - DURATION_COLUMNS - MARK_COLUMNS - GAPS;
  if (width < NARROW) return { component, name: room, bar: 0, indent };
  const wanted = flow.rows.reduce((most, row) => Math.max(most, row.depth * indent + widthOf(labelOf(row))), 4);
  const bar = Math.min(BAR_COLUMNS.most, Math.max(BAR_COLUMNS.least, room - wanted - 3));
  return { component, name: room - bar - 3, bar, indent };
}

function titles(flow: Flow, columns: Columns, palette: Palette): string {
  const total = formatDuration(flow.endMs - flow.startMs);
  const axis = columns.bar === 0 ? '' : ` 0${fit(total, columns.bar, 'right')}`;
  const titled = [
    fit('UTC', CLOCK_COLUMNS),
    fit('offset', OFFSET_COLUMNS, 'right'),
    ` ${fit('component', columns.component)}`,
    fit('step', columns.name),
    fit('took', DURATION_COLUMNS, 'right'),
    ' '.repeat(MARK_COLUMNS),
  ].join(' ');
  return palette.dim((titled + axis).trimEnd());
}

function renderRow(flow: Flow, row: FlowRow, columns: Columns, palette: Palette): string {
  const marks = (row.failed ? MARKS.failed : row.open ? MARKS.open : '') + (row.slowest ? MARKS.slowest : '');
  const duration = durationOf(row);
  const loud = row.failed || row.open ? 'red' : row.slowest ? 'yellow' : undefined;
  const line = [
    palette.dim(formatClock(row.startMs)),
    palette.dim(fit(`+${formatDuration(Math.max(0, row.startMs - flow.startMs))}`, OFFSET_COLUMNS, 'right')),
    ` ${palette.component(row.component, fit(printable(row.component), columns.component))}`,
    nameCell(row, columns, palette),
    loud === undefined
      ? fit(duration, DURATION_COLUMNS, 'right')
      : palette.paint(loud, fit(duration, DURATION_COLUMNS, 'right')),
    loud === undefined ? fit(marks, MARK_COLUMNS) : palette.paint(['bold', loud], fit(marks, MARK_COLUMNS)),
  ].join(' ');
  return (columns.bar === 0 ? line : `${line} ${barCell(flow, row, columns.bar, palette)}`).trimEnd();
}

/** A step without an end has lasted at least as long as the flow was watched. */
function durationOf(row: FlowRow): string {
  if (row.open) return `>${formatDuration(row.endMs - row.startMs)}`;
  return row.durationMs === undefined ? '' : formatDuration(row.durationMs);
}

function labelOf(row: FlowRow): string {
  const note = noteOf(row);
  return printable(nameOf(row) + (note === '' ? '' : `  ${note}`));
}

/** What went wrong comes before what it took. */
function noteOf(row: FlowRow): string {
  return [...ownNotes(row), ...takenNotes(row)].join(NOTE_SEPARATOR);
}

function ownNotes({ note }: FlowRow): string[] {
  return note === undefined ? [] : printable(note).split(NOTE_SEPARATOR);
}

function takenNotes({ model }: FlowRow): string[] {
  return model === undefined ? [] : modelNotes(model).map(printable);
}

function nameOf(row: FlowRow): string {
  const level = row.level === undefined || row.level === 'INFO' || row.level === 'DEBUG' ? '' : `${row.level} `;
  return `${row.kind === 'span' ? '' : '· '}${level}${row.text}${row.times > 1 ? ` ×${row.times}` : ''}`;
}

function nameCell(row: FlowRow, columns: Columns, palette: Palette): string {
  // However deep, half of the cell is left for the name.
  const indent = Math.min(row.depth * columns.indent, Math.floor(columns.name / 2));
  const room = columns.name - indent;
  // What went wrong is worth more than the end of a long name.
  const told = printable(noteOf(row));
  const reserved = told === '' ? 0 : Math.min(widthOf(told) + 2, Math.floor(room / 2));
  const name = cut(printable(nameOf(row)), room - reserved);
  const noteRoom = room - widthOf(name) - 2;
  const note = fittingNote(row, noteRoom);
  const fill = ' '.repeat(Math.max(0, room - widthOf(name) - (note === '' ? 0 : widthOf(note) + 2)));
  const style =
    row.failed || row.open || row.level === 'ERROR' || row.level === 'FATAL'
      ? 'red'
      : row.level === 'WARN'
        ? 'yellow'
        : undefined;
  const painted = style === undefined ? name : palette.paint(style, name);
  return `${' '.repeat(indent)}${painted}${note === '' ? '' : `  ${palette.dim(note)}`}${fill}`;
}

/** What a call took stands there as a whole or not at all: half of a number is another one. */
function fittingNote(row: FlowRow, columns: number): string {
  const own = ownNotes(row);
  const taken = takenNotes(row);
  for (; taken.length > 0; taken.pop()) {
    const note = [...own, ...taken].join(NOTE_SEPARATOR);
    if (widthOf(note) <= columns) return note;
  }
  return cutNote(own.join(NOTE_SEPARATOR), columns);
}

/** Parts that do not fit go as a whole; two letters of an error tell nobody anything. */
function cutNote(note: string, columns: number): string {
  if (widthOf(note) <= columns) return note;
  const parts = note.split(NOTE_SEPARATOR);
  const last = parts.pop() ?? '';
  const rest = parts.join(NOTE_SEPARATOR);
  const room = columns - (rest === '' ? 0 : widthOf(rest + NOTE_SEPARATOR));
  if (room >= LEAST_NOTE) return rest === '' ? cut(last, room) : rest + NOTE_SEPARATOR + cut(last, room);
  return rest === '' ? '' : cutNote(rest, columns);
}

function barCell(flow: Flow, row: FlowRow, columns: number, palette: Palette): string {
  const total = Math.max(flow.endMs - flow.startMs, Number.EPSILON);
  const columnOf = (timeMs: number): number => ((timeMs - flow.startMs) / total) * columns;
  const from = Math.min(columns - 1, Math.max(0, Math.floor(columnOf(row.startMs) + 1e-6)));
  const to = Math.min(columns, Math.max(from + 1, Math.ceil(columnOf(row.endMs) - 1e-6)));
  const glyph = row.kind !== 'span' ? '·' : row.open ? '╍' : '━';
  const bar = glyph.repeat(row.kind === 'span' ? to - from : 1);
  const painted =
    row.failed || row.open
      ? palette.paint('red', bar)
      : row.slowest
        ? palette.paint('yellow', bar)
        : palette.component(row.component, bar);
  const rest = ' '.repeat(columns - from - widthOf(bar));
  return `${palette.dim('│')}${' '.repeat(from)}${painted}${rest}${palette.dim('│')}`;
}

function legend(flow: Flow, width: number, palette: Palette): string[] {
  const running = flow.outcome.kind === 'running';
  const parts = [
    flow.rows.some((row) => row.failed) ? `${MARKS.failed} failed` : undefined,
    flow.rows.some((row) => row.open) ? `${MARKS.open} ${running ? 'not finished yet' : 'never finished'}` : undefined,
    flow.rows.some((row) => row.slowest) ? `${MARKS.slowest} slowest step by its own time` : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? [] : ['', palette.dim(cut(parts.join('   '), width))];
}
