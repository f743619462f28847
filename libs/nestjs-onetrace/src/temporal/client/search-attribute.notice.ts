import { componentLogger } from '../../logging/index.js';
import { COMPONENTS } from '../../semantics/index.js';

/** The server could not be asked: nothing is known of its attributes. */
export const NO_ANSWER = 'the server does not answer';
/** The application closed the connection: there is nothing to tell any more. */
export const CLOSED = 'the connection was closed';

/** As the server says it; no workflow can be started there either. */
const NO_NAMESPACE = /^namespace .* not found/i;

/** Namespaces, by attribute, that were told to lack it. Most processes have one. */
const TOLD = new Set<string>();

/** Says once in a process that a namespace does not take the search attribute, why, and what to do about it. */
export function tellMissingAttribute(namespace: string, name: string, problem: string): void {
  const key = JSON.stringify([namespace, name]);
  if (TOLD.has(key) || problem === CLOSED) return;
  TOLD.add(key);
  if (NO_NAMESPACE.test(problem)) {
    componentLogger(COMPONENTS.temporal).warn(
      `search attribute ${name} cannot be registered, because there is no Temporal namespace "${namespace}" (${problem}). ` +
        `Correct its name, or create it: temporal operator namespace create --namespace ${namespace}`,
    );
    return;
  }
  componentLogger(COMPONENTS.temporal).warn(
    `search attribute ${name} cannot be used in Temporal namespace "${namespace}" (${problem}); workflows start with the ` +
      `trace ID in their memo, where it cannot be searched for. ${remedy(namespace, name, problem)}`,
  );
}

/** Says that the attribute was registered after workflows had been started without it. */
export function tellLateAttribute(namespace: string, name: string): void {
  componentLogger(COMPONENTS.temporal).info(
    `search attribute ${name} is now registered in Temporal namespace "${namespace}"; workflows that were started before ` +
      'have the trace ID in their memo',
  );
}

/** Whether the server said that the namespace has no attribute left of that type. */
export function isLimit(text: string): boolean {
  return /cannot have more than/i.test(text);
}

function remedy(namespace: string, name: string, problem: string): string {
  if (isLimit(problem)) {
    return (
      'Remove a Keyword attribute that nobody needs (temporal operator search-attribute remove), name one of yours: ' +
      "temporalTracing({ searchAttribute: '...' }), or none: false"
    );
  }
  return (
    `Register it: temporal operator search-attribute create --namespace ${namespace} --name ${name} --type Keyword ` +
    '(on Temporal Cloud: in the settings of the namespace)'
  );
}
