import { isOptionsObject } from '../tracing/index.js';
import {
  contradiction,
  missingOption,
  noOptions,
  unknownOption,
  unreadableOption,
  wrongValue,
} from './invalid-option.js';
import type { ObservabilityModuleOptions } from './observability.options.js';
import { memberNames, OPTION_RULES, type OptionRule } from './option-table.js';

/**
 * Reads the user's options once: every value checked, copied and frozen, `undefined` the same as left out. What the user
 * does to the object afterwards changes nothing.
 *
 * @throws OnetraceError ONETRACE_INVALID_OPTION naming the option, what it got, what it takes and what to do.
 */
export function readOptions(given: unknown): ObservabilityModuleOptions {
  if (!isOptionsObject(given)) throw noOptions(given);
  const options = readGroup(given, '') as unknown as ObservabilityModuleOptions;
  refuseContradictions(options);
  return options;
}

function readGroup(given: Record<string, unknown>, path: string): Readonly<Record<string, unknown>> {
  const names = memberNames(path);
  for (const key of Object.keys(given)) {
    if (!names.includes(key)) throw unknownOption(path, key, names, [...OPTION_RULES.keys()]);
  }
  // Without a prototype: what somebody put on that of all objects must not answer for what is left out.
  const read = Object.create(null) as Record<string, unknown>;
  for (const name of names) {
    const full = path === '' ? name : `${path}.${name}`;
    const rule = OPTION_RULES.get(full) as OptionRule;
    const value = valueOf(given, name, full);
    if (value !== undefined) read[name] = checked(value, full, rule);
    else if (rule.required === true) throw missingOption(full, rule);
  }
  return Object.freeze(read);
}

function checked(value: unknown, name: string, rule: OptionRule): unknown {
  if (!holds(rule, value, name)) throw wrongValue(name, value, rule);
  if (Array.isArray(value)) return Object.freeze([...(value as unknown[])]);
  if (!isOptionsObject(value)) return value;
  if (memberNames(name).length > 0) return readGroup(value, name);
  // A destination keeps its identity, a table of values is copied.
  return typeof value['write'] === 'function' ? value : Object.freeze({ ...value });
}

function holds(rule: OptionRule, value: unknown, name: string): boolean {
  try {
    return rule.test(value);
  } catch (error) {
    throw unreadableOption(name, error);
  }
}

function valueOf(given: Record<string, unknown>, name: string, full: string): unknown {
  try {
    return isGiven(given, name) ? given[name] : undefined;
  } catch (error) {
    throw unreadableOption(full, error);
  }
}

/** Whether the object itself or a class of its own has the member: what somebody put on `Object.prototype` is no option. */
function isGiven(given: object, name: string): boolean {
  for (let holder: object | null = given; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    if (holder !== given && Object.getPrototypeOf(holder) === null) return false;
    if (Object.hasOwn(holder, name)) return true;
  }
  return false;
}

function refuseContradictions({ sampling, privacy }: ObservabilityModuleOptions): void {
  if (sampling?.ratio !== undefined && sampling.byEnvironment !== undefined) {
    throw contradiction('sampling.ratio', 'sampling.byEnvironment', 'both decide the share of sampled traces');
  }
  const both = privacy?.drop?.find((key) => privacy.hash?.includes(key));
  if (both !== undefined) {
    throw contradiction('privacy.drop', 'privacy.hash', `both name "${both}"`);
  }
}
