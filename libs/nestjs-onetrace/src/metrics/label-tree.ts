/** The value of a label; a label without one is left out. */
export type LabelValue = string | number | undefined;

/** Labels of a series. */
export type Labels = Readonly<Record<string, string | number>>;

/** What stands at one combination of values, and where those go on that begin with it. */
class Branch<Leaf> {
  readonly branches = new Map<string | undefined, Branch<Leaf>>();
  leaf: Leaf | undefined;

  next(value: LabelValue): Branch<Leaf> {
    // Series are told apart by how their values are written, whatever a caller without types gave.
    const key = typeof value === 'string' || value === undefined ? value : `${value}`;
    let next = this.branches.get(key);
    if (next === undefined) this.branches.set(key, (next = new Branch()));
    return next;
  }
}

/**
 * What there is once for each combination of values of some labels. It is found value by value: to write a combination as one text, by
 * which prom-client finds its series, costs several times as much.
 */
export class LabelTree<Leaf> {
  private root = new Branch<Leaf>();
  private readonly found = new Set<Leaf>();

  /** @param make what stands at these labels; called when it is first asked for. */
  constructor(
    private readonly names: readonly string[],
    private readonly make: (labels: Labels) => Leaf,
  ) {}

  /** All that were asked for, in that order. */
  get leaves(): Iterable<Leaf> {
    return this.found;
  }

  /**
   * @param values by the order of the names.
   * @param last the value behind them, where they are those that several trees share.
   */
  at(values: readonly LabelValue[], last?: LabelValue): Leaf {
    const branch = this.branch(values, last);
    if (branch.leaf !== undefined) return branch.leaf;
    const leaf = this.make(this.labels([...values, last]));
    this.found.add(leaf);
    return (branch.leaf = leaf);
  }

  /** @param values of all the labels. */
  remove(values: readonly LabelValue[]): void {
    const branch = this.branch(values);
    if (branch.leaf !== undefined) this.found.delete(branch.leaf);
    branch.leaf = undefined;
  }

  clear(): void {
    this.root = new Branch();
    this.found.clear();
  }

  private branch(values: readonly LabelValue[], last?: LabelValue): Branch<Leaf> {
    let { root: branch } = this;
    for (const value of values) branch = branch.next(value);
    return values.length < this.names.length ? branch.next(last) : branch;
  }

  private labels(values: readonly LabelValue[]): Labels {
    const labels: Record<string, string | number> = {};
    for (const [index, name] of this.names.entries()) {
      const value = values[index];
      if (value !== undefined) labels[name] = value;
    }
    return labels;
  }
}
