import { describe, expect, it } from '@jest/globals';
import { LineSplitter } from './line.splitter.js';

function split(chunks: Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  chunks.forEach((chunk) => splitter.write(chunk));
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it('gives the same lines wherever the bytes are cut', () => {
    const bytes = Buffer.from('하나\r\n\ntwo three\n🙂 last');
    for (let at = 0; at <= bytes.byteLength; at += 1) {
      expect(split([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['하나', '', 'two three', '🙂 last']);
    }
  });

  it('does not depend on the buffer after it was given', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    const buffer = Buffer.from('abc');
    splitter.write(buffer);
    buffer.fill('x');
    splitter.write(Buffer.from('\n'));
    expect(lines).toEqual(['abc']);
  });

  it('cuts a line without end and goes on with the next one', () => {
    const [long, next] = split([Buffer.alloc(300_000, 'a'), Buffer.alloc(300_000, 'b'), Buffer.from('\nnext')]);
    expect(long).toHaveLength(256 * 1024 + ' [cut]'.length);
    expect(long?.endsWith('a [cut]')).toBe(true);
    expect(next).toBe('next');
  });
});
