/** Injection token of the options as the user gave them. */
export const OBSERVABILITY_OPTIONS = Symbol.for('onetrace.OBSERVABILITY_OPTIONS');

/** Injection token of the options as the rooms use them. */
export const RESOLVED_OPTIONS = Symbol.for('onetrace.RESOLVED_OPTIONS');

/** Injection token of the process's root pino logger. */
export const ROOT_LOGGER = Symbol.for('onetrace.ROOT_LOGGER');

/** Injection token of nestjs-pino's parameters, in the copy that the application uses. */
export const LOGGER_PARAMS = Symbol.for('onetrace.LOGGER_PARAMS');

/** Injection token of the logger for Nest's own lines. */
export const NEST_LOGGER = Symbol.for('onetrace.NEST_LOGGER');
