import { ABLATION_RULES } from './ablations.js';
import { CORRELATION_RULES, LEARNING_RULES, SAMPLE_RULES } from './models.js';
import type { Rule } from './rule.js';
import { SECOND_RECIPE_RULES } from './second-recipe.js';
import { ANSWERS, MIXTURE_RULES } from './summary.js';
import { DATA_RULES, FEW_TEXTS_RULES, PADDING_RULES, TEMPERATURE_RULES } from './texts.js';

/** Every rule of the discussion by topic, in the order of the report. */
export const RULE_TOPICS: readonly { readonly title: string; readonly rules: readonly Rule[] }[] = [
  { title: 'The answer in short', rules: ANSWERS.map(({ rule }) => rule) },
  { title: 'Each part taken away', rules: ABLATION_RULES },
  { title: 'The models compared', rules: [...LEARNING_RULES, ...MIXTURE_RULES] },
  { title: 'NLL and top-1', rules: CORRELATION_RULES },
  { title: 'Samples', rules: SAMPLE_RULES },
  { title: 'Few texts', rules: FEW_TEXTS_RULES },
  { title: 'Temperature', rules: TEMPERATURE_RULES },
  { title: 'The texts', rules: DATA_RULES },
  { title: 'Padding', rules: PADDING_RULES },
  { title: 'Second recipe', rules: SECOND_RECIPE_RULES },
];
