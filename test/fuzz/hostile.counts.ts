/** What the application under attack counted since its start. */
export interface Counts {
  /** Requests that Node.js handed to the application, but for the paths that are left out. */
  readonly reached: number;
  /** Lines "request started". */
  readonly started: number;
  /** Lines "request completed" and "request aborted". */
  readonly ended: number;
  readonly serverSpans: number;
  readonly otherSpans: number;
  /** Sum of `http_requests_total`. */
  readonly counted: number;
  readonly rejections: number;
  readonly exceptions: number;
  /** The first of them. */
  readonly faults: readonly string[];
  /** After collecting garbage. */
  readonly heapBytes: number;
}
