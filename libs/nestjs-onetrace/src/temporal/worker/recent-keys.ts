/**
 * Remembers at least so many values by key, and at most twice as many: when one half is full, the older one is forgotten whole. Forgetting
 * one after the other would leave a map full of holes, which each search for the oldest has to pass.
 */
export class RecentKeys<Value> {
  private recent = new Map<string, Value>();
  private older = new Map<string, Value>();

  constructor(private readonly least: number) {}

  get(key: string): Value | undefined {
    return this.recent.get(key) ?? this.older.get(key);
  }

  set(key: string, value: Value): void {
    this.recent.set(key, value);
    if (this.recent.size < this.least) return;
    this.older = this.recent;
    this.recent = new Map();
  }
}
