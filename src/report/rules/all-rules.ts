import { SECOND_RECIPE_RULES } from './second-recipe.js';
import { CAPACITY_RULES } from './capacity.js';
import { CONVERGENCE_RULES } from './convergence.js';
import { CORRELATION_RULES } from './correlation.js';
import { DATA_RULES } from './data.js';
import { FEW_TEXTS_RULES } from './few-texts.js';
import { FINDING_RULES } from './findings.js';
import { MIXTURE_RULES } from './mixtures.js';
import { OVERFITTING_RULES } from './overfitting.js';
import { PADDING_RULES } from './padding.js';
import { REFERENCE_RULES } from './reference.js';
import type { Rule } from './rule.js';
import { SAMPLE_RULES } from './samples.js';
import { STABILITY_RULES } from './stability.js';
import { TEMPERATURE_RULES } from './temperature.js';
import { BASELINE_RULES } from './baselines.js';

/** Every rule of the discussion, in the order of the report; docs/report.md lists the same. */
export const ALL_RULES: readonly Rule[] = [
  ...FINDING_RULES,
  ...REFERENCE_RULES,
  ...DATA_RULES,
  ...BASELINE_RULES,
  ...CAPACITY_RULES,
  ...STABILITY_RULES,
  ...CONVERGENCE_RULES,
  ...OVERFITTING_RULES,
  ...MIXTURE_RULES,
  ...CORRELATION_RULES,
  ...SAMPLE_RULES,
  ...FEW_TEXTS_RULES,
  ...TEMPERATURE_RULES,
  ...PADDING_RULES,
  ...SECOND_RECIPE_RULES,
];
