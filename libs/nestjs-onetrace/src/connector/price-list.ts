import type { TokenCounts } from '../metrics/index.js';

/** Price of a model for a million tokens. */
export interface ModelPrice {
  readonly inputPerMillion: number;
  /** Default 0, as for embeddings. */
  readonly outputPerMillion?: number;
  /** For input tokens that the provider had in its cache. Default: as `inputPerMillion`. */
  readonly cachedInputPerMillion?: number;
  /** ISO 4217. Default `USD`. */
  readonly currency?: string;
}

/** What something cost. */
export interface Cost {
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

const MILLION = 1_000_000;

/** Prices of models, as the user gave them. */
export class PriceList {
  readonly #prices: ReadonlyMap<string, ModelPrice>;

  constructor(prices: Readonly<Record<string, ModelPrice>>) {
    this.#prices = new Map(Object.entries(prices));
  }

  /**
   * What the tokens of an answer cost; `undefined` where the model has no price, or the server said nothing about tokens.
   *
   * @param models names of the model, as it was asked for and as it answered; the first one that has a price counts.
   */
  costOf(models: readonly (string | undefined)[], { input, output, cacheRead }: TokenCounts): Cost | undefined {
    if (this.#prices.size === 0 || (input === undefined && output === undefined)) return undefined;
    const price = models.map((model) => this.#prices.get(model ?? '')).find((found) => found !== undefined);
    if (price === undefined) return undefined;
    const { inputPerMillion, outputPerMillion = 0, cachedInputPerMillion = inputPerMillion, currency = 'USD' } = price;
    const cached = Math.min(cacheRead ?? 0, input ?? 0);
    const millions =
      ((input ?? 0) - cached) * inputPerMillion + cached * cachedInputPerMillion + (output ?? 0) * outputPerMillion;
    // Without the digits that only floating point knows of.
    return { amount: Number((millions / MILLION).toPrecision(12)), currency };
  }
}
