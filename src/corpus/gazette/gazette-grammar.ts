/** The gazette's grammar: a topic, then one of the topic's headlines. */

import { WordAutomaton, compileGrammar } from './automaton.js';
import { Grammar } from './grammar.js';
import { parseRules, type GrammarSource } from './notation.js';
import { business } from './topics/business.js';
import { community } from './topics/community.js';
import { crime } from './topics/crime.js';
import { culture } from './topics/culture.js';
import { health } from './topics/health.js';
import { politics } from './topics/politics.js';
import { science } from './topics/science.js';
import { shared } from './topics/shared.js';
import { sport } from './topics/sport.js';
import { transport } from './topics/transport.js';
import { weather } from './topics/weather.js';

/** The parts the source is made of; a rule's name may occur in one part only. */
export const gazetteParts: Readonly<Record<string, GrammarSource>> = {
  shared,
  politics,
  sport,
  business,
  weather,
  crime,
  health,
  culture,
  transport,
  science,
  community,
};

/** How often each topic makes the news. Each name is also the name of the rule with the topic's headlines. */
export const gazetteTopics: Readonly<Record<string, number>> = {
  politics: 16,
  sport: 14,
  business: 12,
  weather: 10,
  crime: 9,
  health: 8,
  culture: 8,
  transport: 8,
  science: 8,
  community: 9,
  education: 5,
  food: 5,
};

/** The whole grammar in the notation of `notation.ts`; it starts at the rule `start`. */
export function gazetteSource(): GrammarSource {
  const start = Object.entries(gazetteTopics).map(([topic, weight]) => [weight, `<${topic}>`] as const);
  return Object.assign({ start }, ...Object.values(gazetteParts)) as GrammarSource;
}

let grammar: Grammar | undefined;
let automaton: WordAutomaton | undefined;

/** The gazette's grammar as plain weighted rules. Made once, on first use. */
export function gazetteGrammar(): Grammar {
  return (grammar ??= new Grammar(parseRules(gazetteSource()), 'start'));
}

/** The gazette's exact scorer. Made once, on first use. */
export function gazetteAutomaton(): WordAutomaton {
  return (automaton ??= compileGrammar(gazetteGrammar()));
}
