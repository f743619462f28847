import { Connector } from './connector.js';
import type { ResolvedConnectorOptions } from './connector.options.js';
import { ContentCapture } from './content.capture.js';

/** What connectors to servers that generate have in common: what their GenAI spans say. */
export abstract class GenAiConnector extends Connector {
  /** Who answers, by the GenAI conventions. */
  protected readonly provider: string;
  /** Absent where content is not captured. */
  protected readonly capture: ContentCapture | undefined;

  constructor(options: ResolvedConnectorOptions) {
    super(options);
    const { provider, capturedBytes, conventions } = options;
    this.provider = provider;
    this.capture = capturedBytes === undefined ? undefined : new ContentCapture(capturedBytes, conventions);
  }
}
