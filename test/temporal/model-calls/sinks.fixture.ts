export const sinks = {};
