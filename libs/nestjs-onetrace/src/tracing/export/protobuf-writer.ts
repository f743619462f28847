/** Longest text whose characters are written one by one: beyond it a call into Node's own writer costs less. */
const SHORT_TEXT = 48;
/** Longest text that is given three bytes for each character without being measured. */
const UNMEASURED_TEXT = 1024;
const MOST_BYTES_OF_A_CHARACTER = 3;
const LONGEST_VARINT = 10;
const BEYOND_32_BITS = 2 ** 32;
const NANOSECONDS_PER_SECOND = 1e9;

/** Values of hexadecimal digits by their character code. */
const DIGITS = new Uint8Array(128);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}

/**
 * Writes the wire format of protobuf in one pass: the length of a message is left open until its content is written. Every method makes
 * room for what it writes.
 */
export class ProtobufWriter {
  private bytes: Buffer;
  private at = 0;

  /** @param size bytes that are expected; more of them cost a copy. */
  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(Math.max(size, LONGEST_VARINT));
  }

  /** Bytes written so far. */
  get length(): number {
    return this.at;
  }

  /** What has been written; a view that stays valid while nothing more is. */
  written(): Buffer {
    return this.bytes.subarray(0, this.at);
  }

  /** A copy of what has been written beyond a former `length`. */
  copyFrom(length: number): Uint8Array {
    return Uint8Array.prototype.slice.call(this.bytes, length, this.at);
  }

  /** Takes back everything beyond a former `length`. */
  rewind(length: number): void {
    this.at = length;
  }

  /** A byte as it is: the tag of a field below 16 is one. */
  byte(value: number): void {
    this.makeRoom(1);
    this.bytes[this.at++] = value;
  }

  /** Bytes as they are, without their length. */
  raw(encoded: Uint8Array): void {
    this.makeRoom(encoded.length);
    this.bytes.set(encoded, this.at);
    this.at += encoded.length;
  }

  /** Begins a message; `reserved` bytes are kept for its length. Returns what `close` has to be given. */
  open(reserved = 1): number {
    this.makeRoom(reserved);
    const start = this.at;
    this.at = start + reserved;
    return start;
  }

  /** Ends the message that began there. Its content is moved where its length needs more or fewer bytes than were reserved. */
  close(start: number, reserved = 1): void {
    const length = this.at - start - reserved;
    if (length < 0x80 && reserved === 1) {
      this.bytes[start] = length;
      return;
    }
    const size = varintSize(length);
    if (size !== reserved) {
      this.makeRoom(size);
      this.bytes.copyWithin(start + size, start + reserved, this.at);
    }
    this.at = start;
    this.varint(length);
    this.at += length;
  }

  /** A number as `int64`: two's complement where it is negative, cut to 64 bits; 0 where it is none. */
  varint(value: number): void {
    this.makeRoom(LONGEST_VARINT);
    if (!(value >= 0 && value < BEYOND_32_BITS)) return this.longVarint(value);
    const { bytes } = this;
    let rest = value >>> 0;
    while (rest > 0x7f) {
      bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.at++] = rest;
  }

  fixed32(value: number): void {
    this.makeRoom(4);
    this.uint32(value);
  }

  /** Seconds and nanoseconds as nanoseconds in a `fixed64`. */
  time([seconds, nanoseconds]: readonly [number, number]): void {
    this.makeRoom(8);
    // The product is beyond what a number holds exactly; those of the two halves of the seconds are not.
    const lower = (seconds & 0xffff) * NANOSECONDS_PER_SECOND;
    const upper = ((seconds / 0x10000) >>> 0) * NANOSECONDS_PER_SECOND;
    const low = (lower >>> 0) + (((upper & 0xffff) * 0x10000) >>> 0) + nanoseconds;
    const carry = Math.floor(low / BEYOND_32_BITS);
    this.uint32(low);
    this.uint32(Math.floor(lower / BEYOND_32_BITS) + ((upper / 0x10000) >>> 0) + carry);
  }

  double(value: number): void {
    this.makeRoom(8);
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  /** The bytes that hexadecimal digits stand for, with their length. */
  hex(digits: string): void {
    const size = digits.length >> 1;
    this.varint(size);
    this.makeRoom(size);
    const { bytes, at } = this;
    for (let i = 0; i < size; i += 1) {
      const high = DIGITS[digits.charCodeAt(2 * i)] as number;
      bytes[at + i] = (high << 4) | (DIGITS[digits.charCodeAt(2 * i + 1)] as number);
    }
    this.at = at + size;
  }

  /** A text in UTF-8 with its length; lone surrogates become U+FFFD. Empty where it is none. */
  text(text: string): void {
    const length = typeof text === 'string' ? text.length : 0;
    if (length > SHORT_TEXT) return this.longText(text);
    this.makeRoom(1 + length);
    const { bytes, at } = this;
    for (let i = 0; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return this.longText(text);
      bytes[at + 1 + i] = code;
    }
    bytes[at] = length;
    this.at = at + 1 + length;
  }

  private longText(text: string): void {
    const { length } = text;
    const most = length > UNMEASURED_TEXT ? Buffer.byteLength(text) : length * MOST_BYTES_OF_A_CHARACTER;
    this.makeRoom(LONGEST_VARINT + most);
    const reserved = varintSize(length);
    const start = this.open(reserved);
    this.at += this.bytes.write(text, this.at);
    this.close(start, reserved);
  }

  /** By way of two halves of 32 bits. */
  private longVarint(value: number): void {
    const magnitude = Math.abs(value);
    let low = magnitude >>> 0;
    let high = (magnitude / BEYOND_32_BITS) >>> 0;
    if (value < 0) {
      low = -low >>> 0;
      high = (low === 0 ? -high : ~high) >>> 0;
    }
    while (high > 0 || low > 0x7f) {
      this.bytes[this.at++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.bytes[this.at++] = low;
  }

  private uint32(value: number): void {
    const { bytes, at } = this;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.at = at + 4;
  }

  private makeRoom(size: number): void {
    if (this.at + size > this.bytes.length) this.grow(size);
  }

  private grow(size: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.at + size));
    larger.set(this.written());
    this.bytes = larger;
  }
}

/** How many bytes a length takes as a varint. */
export function varintSize(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x4000) return 2;
  if (length < 0x20_0000) return 3;
  return length < 0x1000_0000 ? 4 : 5;
}
