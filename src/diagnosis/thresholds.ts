/** Thresholds of the rules. docs/diagnosis.md gives the rules, and the reasons at length. */
export const DIAGNOSIS_THRESHOLDS = {
  /** Epochs below which nothing is said: fewer have neither a noise nor a trend. */
  minEpochs: 5,
  /**
   * How many times the noise one mean of three epochs must be above another to be clearly above. The lowest of many
   * such means of a flat curve lies 1.5 times the noise below the others by chance.
   */
  clearNoise: 4,
  /** And at least this share of the NLL, so that a smooth curve's last digits are no finding. */
  clearShare: 0.005,
  /** Standard errors by which the trend at the end must be below 0. */
  trendErrors: 4,
  /** What as many epochs again at the trend's pace must gain, as a share of the NLL. */
  trendGain: 0.01,
  /** "As long again" is at least this many epochs. */
  minHorizon: 10,
  /**
   * Share by which the best validation NLL must be below every context-free baseline to count as better. One character
   * of context is worth 10 % and more, so a model that reads its context at all is far beyond.
   */
  baselineMargin: 0.02,
  /**
   * And by at least this share of what one character of context gains. A model that is stuck may know that
   * no space follows a space, and little else: that is below the context-free baselines, and nowhere near using its
   * context.
   */
  oneCharacterShare: 0.5,
  /** Share of the best validation NLL by which it must have risen to be called diverged. */
  divergedRise: 0.05,
  /** And share of what had been gained since the first epoch that must be lost. */
  divergedLoss: 0.5,
} as const;
