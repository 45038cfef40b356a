import type { GrammarSource } from '../notation.js';

/** Trains, ferries, roads and their delays. */
export const transport: GrammarSource = {
  transport: [
    [5, '<obstacle> <blocks> <place> <line> as <folk> <react>'],
    [4, 'ferry with <few> <who> <job.p> <ferry-trouble> off <place>'],
    [4, '<who> <driver> praised for <good-deed> on <place> <vehicle.s>'],
    [4, '<place> <operator> <adds> <gadget-adj> <vehicle.p> for <who> <job.p>'],
    [4, '<animal-adj> <animal#> <delays#> <place> <vehicle.s> for <few> <delay-time>'],
  ],
  obstacle: 'fallen tree, landslide, lost cow, power cut, heavy snow, escaped bull, thick fog, giant balloon',
  blocks: 'blocks, closes, damages, threatens',
  line: 'road, railway, bridge, canal, airport, harbour',
  'ferry-trouble': 'loses power, turns back, drifts, hits rock, meets storm, gets lost',
  driver: 'driver, captain, pilot, guard',
  'good-deed': 'saving swan, singing, saving kitten, sharing soup, fixing engine, stopping thief',
  operator: 'council, railway, airport, firm',
  adds: 'buys, sells, borrows, tests, plans, refuses',
  vehicle: 'bus|buses, train|trains, tram|trams, ferry|ferries, taxi|taxis',
  'delay-time': 'hours, days, minutes',
  delays: 'delays|delay, stops|stop, blocks|block, chases|chase',
};
