/**
 * Options of Temporal's SDK as far as the plugin changes them. Described instead of imported, so that the plugin's types
 * compile where only the client, or only the worker, is installed.
 */

/** Options of `new Client()`. */
export interface ClientOptionsPart {
  connection?: object;
  namespace?: string;
  interceptors?: ClientInterceptorsPart;
}

/** `interceptors` of a client. A list, or the old map of factories. */
export interface ClientInterceptorsPart {
  workflow?: object;
  schedule?: object[];
  activity?: object[];
  nexus?: object[];
}

/** Options of `Worker.create()`. */
export interface WorkerOptionsPart {
  connection?: object;
  namespace?: string;
  interceptors?: WorkerInterceptorsPart;
  sinks?: object;
}

/** `interceptors` of a worker. */
export interface WorkerInterceptorsPart {
  client?: ClientInterceptorsPart;
  activity?: unknown[];
  nexus?: unknown[];
}

/** Options of a replay worker. */
export interface ReplayWorkerOptionsPart {
  sinks?: object;
}

/** Options of `bundleWorkflowCode()`. */
export interface BundleOptionsPart {
  workflowInterceptorModules?: string[];
  preloadModules?: string[];
  logger?: object;
}
