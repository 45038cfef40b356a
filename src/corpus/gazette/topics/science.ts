import type { GrammarSource } from '../notation.js';

/** Digs, telescopes, gadgets, wildlife and studies. */
export const science: GrammarSource = {
  science: [
    [5, '<who> <scientist#> <unearths#> <fossil-adj> <fossil> under <place> <building>'],
    [4, '<who> <astronomer#> <spots#> <sky-adj> <sky-thing> near <sky-adj> <sky-thing>'],
    [4, 'study links <habit-adj> <habit> to <outcome-adj> <outcome> in <who> <job.p>'],
    [4, '<who> <engineer#> <builds#> <gadget-adj> <device> to <device-does>'],
    [4, '<animal-adj> <animal#> <returns#> to <place> <habitat> after <few> years'],
  ],
  scientist: 'geologist|geologists, historian|historians, biologist|biologists, botanist|botanists, researcher|researchers',
  unearths: 'unearths|unearth, finds|find, describes|describe, studies|study',
  'fossil-adj': 'giant, ancient, tiny, perfect, hidden, roman, frozen, viking, golden, strange, lost, rare, royal',
  fossil: 'fossil, skeleton, fern, ship, temple, tooth, grave, footprint, tomb, beetle, canoe, helmet, road',
  astronomer: 'astronomer|astronomers, physicist|physicists, stargazer|stargazers',
  spots: 'spots|spot, finds|find, maps|map, tracks|track, measures|measure, names|name',
  'sky-adj': 'faint, frozen, rocky, lonely, dusty, red, blue, dark, young, hot, giant',
  'sky-thing': 'planet, comet, moon, galaxy, star, cloud, asteroid, nebula',
  'habit-adj': 'daily, regular, early, long, gentle, weekly, late',
  habit: 'naps, walks, singing, gardening, dancing, swimming, reading, breakfast, chess, knitting, laughter, baths',
  'outcome-adj': 'better, sharper, longer, lasting, lower, poorer',
  outcome: 'memory, sleep, mood, friendships, balance, eyesight, hearing, patience, appetite',
  engineer: 'engineer|engineers, inventor|inventors, chemist|chemists, student|students',
  builds: 'builds|build, designs|design, tests|test, sells|sell, trains|train',
  device: 'robot, drone, sensor, engine, glove, boat, kite, lamp, camera, machine',
  'device-does':
    'climb walls, sort rubbish, count fish, plant trees, clean windows, paint walls, measure snow, chase pigeons, peel potatoes, ' +
    'save bees, play chess',
  returns: 'returns|return, moves|move, comes home|come home',
  habitat: 'wetland, woods, estuary, park, marsh, moor, quarry, beach, canal',
};
