// One for every copy of the library in the process.
const NAME_KEY = Symbol.for('onetrace.logging.process-component');
const shared = globalThis as { [NAME_KEY]?: string };

/** Says whose lines those are that belong to no application in particular. */
export function setProcessComponent(component: string): void {
  shared[NAME_KEY] = component;
}

/** Component of lines that belong to no application in particular: that of the one started last. */
export function processComponent(): string {
  return shared[NAME_KEY] || process.env['OTEL_SERVICE_NAME'] || 'app';
}
