import { type Context, context, createContextKey } from '@opentelemetry/api';

interface Components {
  readonly key: symbol;
  /** Component of what belongs to no request; `undefined` while all applications of the process have the same. */
  current: string | undefined;
}

// Shared by every copy of the library in the process.
const HOLDER = Symbol.for('onetrace.context.components');
const components = ((globalThis as { [HOLDER]?: Components })[HOLDER] ??= {
  key: createContextKey('onetrace component'),
  current: undefined,
});

/**
 * Says that applications of several components share this process, and which of them speaks where no context says so;
 * `undefined` when there is nothing to tell apart, which costs nothing.
 */
export function tellComponentsApart(current: string | undefined): void {
  components.current = current;
}

/** The given context as one of this component; itself while there is nothing to tell apart. */
export function withComponent(ctx: Context, component: string): Context {
  return components.current === undefined ? ctx : ctx.setValue(components.key, component);
}

/** Component of a context, by default the active one; `undefined` while there is nothing to tell apart. */
export function componentOf(ctx?: Context): string | undefined {
  const { current, key } = components;
  if (current === undefined) return undefined;
  return ((ctx ?? context.active()).getValue(key) as string | undefined) ?? current;
}
