const LENGTH_BYTES = 4;

/** The elements of a BYTES tensor as they are sent: each with its length before it, 4 bytes, the lowest first. */
export function elementsToBytes(elements: readonly (string | Uint8Array)[]): Buffer {
  const sizes = elements.map((element) => (typeof element === 'string' ? Buffer.byteLength(element) : element.length));
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + LENGTH_BYTES + size, 0));
  let at = 0;
  for (const [index, element] of elements.entries()) {
    at = bytes.writeUInt32LE(sizes[index] as number, at);
    if (typeof element === 'string') bytes.write(element, at);
    else bytes.set(element, at);
    at += sizes[index] as number;
  }
  return bytes;
}

/** The elements that were received, in memory of their own; `undefined` where the lengths do not add up to the bytes. */
export function elementsFromBytes(received: Buffer): Buffer[] | undefined {
  const bytes = Buffer.from(received);
  const elements: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < LENGTH_BYTES) return undefined;
    const start = at + LENGTH_BYTES;
    const end = start + bytes.readUInt32LE(at);
    if (end > bytes.length) return undefined;
    elements.push(bytes.subarray(start, end));
    at = end;
  }
  return elements;
}
