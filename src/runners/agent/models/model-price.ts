/** USD per million tokens. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  /** Default: the input price. */
  readonly cacheRead?: number;
  /** Default: the input price. */
  readonly cacheWrite?: number;
}

/** `longPrompt` replaces all prices of a call whose input is longer than `aboveTokens`. */
export interface ModelPrice extends TokenPrices {
  readonly longPrompt?: TokenPrices & { readonly aboveTokens: number };
}

/** Prices by `provider/model`. */
export type PriceTable = Readonly<Record<string, ModelPrice>>;
