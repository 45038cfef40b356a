import * as z from 'zod';
import { count } from '../number-schemas.js';

/** What encoding changed in a set of texts, counted. Characters are Unicode code points of the composed (NFC) texts. */
export const encodingReportSchema = z.object({
  /** Texts encoded, and those that came out without a single character. */
  texts: count,
  empty: count,
  /**
   * Characters that came in, and that came out before the context length cuts: without the dropped ones and lone
   * accents.
   */
  characters: count,
  encoded: count,
  /** Characters that another character stands for, `to` being `''` for an accent that vanished into its character. */
  folded: z.record(z.string(), z.object({ to: z.string(), count })),
  /** Characters outside the alphabet that became a space, and that were left out. */
  replaced: z.record(z.string(), count),
  dropped: z.record(z.string(), count),
  /** Texts longer than the context length, and the characters that it cut off, out of `encoded`. */
  textsCut: count,
  charactersCut: count,
});

export type EncodingReport = z.infer<typeof encodingReportSchema>;
