import type { GrammarSource } from '../notation.js';

/** Trains, ferries, roads and their delays. */
export const transport: GrammarSource = {
  transport: [
    [5, '<obstacle> <blocks> <place> <line> as <folk> <react>'],
    [4, 'ferry with <few> <who> <job.p> <ferry-trouble> off <place>'],
    [4, '<who> <driver#> praised for <good-deed> on <place> <vehicle.s>'],
    [4, '<place> <operator> <adds> <gadget-adj> <vehicle.p> for <who> <job.p>'],
    [4, '<animal-adj> <animal#> <delays#> <place> <vehicle.s> for <few> <time>'],
  ],
  obstacle: 'fallen tree, landslide, burst pipe, lost cow, power cut, broken crane, heavy snow, escaped bull, thick fog, giant balloon',
  blocks: 'blocks, closes, shuts, slows',
  line: 'line, tunnel, road, bridge, canal, airport',
  'ferry-trouble': 'sinks, loses power, turns back, drifts, hits rock, breaks down, meets whale, gets lost',
  driver: 'driver|drivers, conductor|conductors, captain|captains, pilot|pilots, guard|guards',
  'good-deed': 'returning wallet, calming crowd, saving kitten, singing, saving swan, sharing lunch, fixing engine, telling jokes, delivering baby',
  operator: 'council, railway, bus firm, ferry firm, airport',
  adds: 'adds, scraps, borrows, tests, orders, plans',
  vehicle: 'bus|buses, train|trains, tram|trams, ferry|ferries, coach|coaches, taxi|taxis',
  delays: 'delays|delay, stops|stop, blocks|block, slows|slow',
};
