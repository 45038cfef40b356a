/** What `mixture.json` holds: docs/mixture.md says the same in words. Safe for browsers. */
import * as z from 'zod';
import { MIXTURE_FILE } from '../runs/layout.js';
import { count, realNumber } from '../number-schemas.js';
import { artifactFields } from '../runs/schema.js';
import { SEEN } from './gate.js';
import { MIXING_KINDS, type MixingKind } from './mix.js';

export const MIXTURE_FILES = { mixture: MIXTURE_FILE, texts: 'training-texts.jsonl' } as const;

const kind = z.enum(MIXING_KINDS as [MixingKind, ...MixingKind[]]);

/** Mean NLLs in nats per text. Of the test texts they are absent where the corpus has none. */
const nlls = { valNll: realNumber, testNll: realNumber.optional() };

export const mixtureSchema = z.object({
  ...artifactFields,
  /** Of all members; the fingerprint is that of the runs' config.json. */
  corpus: z.object({ name: z.string(), fingerprint: z.string() }),
  /** Transformers, in the order of the weights. */
  runs: z
    .array(
      z.object({
        /** Run directory, relative to the mixture's folder. */
        path: z.string(),
        /** SHA-256 (hex) of its model.safetensors when the weights were learned. */
        weights: z.string(),
        parameters: count,
        ...nlls,
      }),
    )
    .min(1),
  /** The last member, where there is an n-gram model. */
  ngram: z
    .object({
      /** Characters of an n-gram, the predicted one included. */
      order: z.int().min(1),
      texts: count,
      /** SHA-256 (hex) of its texts, as `training-texts.jsonl` has them. */
      fingerprint: z.string(),
      ...nlls,
    })
    .optional(),
  mixing: z.object({
    kind,
    /** How strongly each set of weights was regularised towards those of all positions, as so many positions. */
    strength: realNumber,
    /** Without an n-gram model, one; with it, one for each depth and each way in which the context was seen. */
    buckets: z.array(
      z.object({
        depth: count.optional(),
        seen: z.enum(SEEN).optional(),
        /** Positions of validation texts that were in it. */
        places: count,
        /** One a member. */
        weights: z.array(realNumber),
      }),
    ),
    /** Averaged over all positions of the validation texts. */
    meanWeights: z.array(realNumber),
  }),
  validation: z.object({
    texts: count,
    /** All members with equal weights, linear. */
    equalWeightsNll: realNumber,
    /** Of the mixture, on the texts that its weights were learned on. */
    nll: realNumber,
    /** Of the mixture, each text scored with weights learned on the other folds. */
    crossValidatedNll: realNumber,
    folds: count,
    tried: z.array(z.object({ kind, strength: realNumber, crossValidatedNll: realNumber })),
  }),
  /** Read once, when everything was chosen. */
  test: z
    .object({
      /** ISO 8601, UTC. */
      readAt: z.iso.datetime(),
      texts: count,
      equalWeightsNll: realNumber,
      nll: realNumber,
      top1: realNumber,
    })
    .optional(),
});

export type MixtureFile = z.infer<typeof mixtureSchema>;
