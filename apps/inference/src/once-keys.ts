/** Remembers which keys were seen, the newest `capacity` of them. */
export class OnceKeys {
  private readonly seen = new Set<string>();

  constructor(private readonly capacity = 10_000) {}

  /** `true` the first time a key is given. */
  first(key: string): boolean {
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    if (this.seen.size > this.capacity) this.seen.delete(this.seen.values().next().value as string);
    return true;
  }
}
