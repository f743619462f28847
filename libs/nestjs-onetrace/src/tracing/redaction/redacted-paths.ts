import { REDACTED } from './redaction-rules.js';

/** Paths that begin with the same steps, as a tree. */
export interface PathNode {
  /** A path ends here. */
  ends: boolean;
  readonly steps: Map<string, PathNode>;
  /** What follows `*`: every key, every element. */
  every: PathNode | undefined;
}

const STEP = /\[\s*(?:"([^"]*)"|'([^']*)'|([\w*$-]+))\s*\]|(?:^|\.)([^.[\]\s*]+|\*)/y;

/**
 * The steps of a path in pino's notation: `user.address.street`, `items[*].pin`, `headers["x-pin"]`, `*.pin`; `undefined` for what
 * is none.
 */
export function stepsOf(path: string): readonly string[] | undefined {
  const steps: string[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path);
    if (found === null) return undefined;
    steps.push(found[1] ?? found[2] ?? found[3] ?? (found[4] as string));
  }
  return steps.length === 0 ? undefined : steps;
}

/** A tree of all paths; `undefined` where there is none. */
export function compilePaths(paths: readonly string[]): PathNode | undefined {
  const root = emptyNode();
  for (const path of paths) {
    let node = root;
    for (const step of stepsOf(path) ?? []) node = step === '*' ? (node.every ??= emptyNode()) : child(node, step);
    node.ends = node !== root;
  }
  return root.steps.size > 0 || root.every !== undefined ? root : undefined;
}

/**
 * A value whose parts that the paths name are replaced. Nothing of the value itself is changed: what lies on a path is copied, and
 * where no path leads the same value is given back.
 */
export function redactAlong(value: unknown, nodes: readonly PathNode[]): unknown {
  if (nodes.some((node) => node.ends)) return REDACTED;
  if (typeof value !== 'object' || value === null) return value;
  const { toJSON } = value as { toJSON?: unknown };
  const form: unknown = typeof toJSON === 'function' ? Reflect.apply(toJSON, value, ['']) : value;
  if (typeof form !== 'object' || form === null) return form;
  if (Array.isArray(form)) return redactItems(form, nodes);
  const holder = form as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const key of keysOn(holder, nodes)) {
    const before = holder[key];
    const after = before === undefined ? before : redactAlong(before, nextNodes(nodes, key));
    if (after !== before) (copy ??= { ...holder })[key] = after;
  }
  return copy ?? form;
}

function redactItems(items: readonly unknown[], nodes: readonly PathNode[]): readonly unknown[] {
  let changed = false;
  const copy = items.map((item, index) => {
    const next = nextNodes(nodes, String(index));
    const after = next.length === 0 ? item : redactAlong(item, next);
    changed ||= after !== item;
    return after;
  });
  return changed ? copy : items;
}

function keysOn(holder: object, nodes: readonly PathNode[]): readonly string[] {
  if (nodes.some((node) => node.every !== undefined)) return Object.keys(holder);
  return nodes.flatMap((node) => [...node.steps.keys()].filter((key) => Object.hasOwn(holder, key)));
}

function nextNodes(nodes: readonly PathNode[], key: string): readonly PathNode[] {
  return nodes.flatMap((node) => [node.steps.get(key) ?? [], node.every ?? []].flat());
}

function child(node: PathNode, step: string): PathNode {
  let next = node.steps.get(step);
  if (next === undefined) node.steps.set(step, (next = emptyNode()));
  return next;
}

function emptyNode(): PathNode {
  return { ends: false, steps: new Map(), every: undefined };
}
