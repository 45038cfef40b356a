import type { GrammarSource } from '../notation.js';

/** Digs, telescopes, gadgets, wildlife and studies. */
export const science: GrammarSource = {
  science: [
    [5, '<who> <scientist> <unearths> <fossil-adj> <fossil> under <place> <building>'],
    [4, '<who> <astronomer> <spots> <sky-adj> <sky-thing> near <sky-adj> <sky-thing>'],
    [4, 'study links <habit-adj> <habit> to <outcome-adj> <outcome> in <who> <job.p>'],
    [4, '<who> <engineer> <builds> <gadget-adj> <device> to <device-does>'],
    [4, '<animal-adj> <animal#> <returns#> to <place> <habitat> after <few> years'],
  ],
  scientist: 'geologist, historian, biologist, researcher, student',
  unearths: 'finds, unearths, describes, studies, loses',
  'fossil-adj': 'giant, ancient, tiny, hidden, roman, frozen, viking, golden, strange, lost, rare, royal',
  fossil: 'fossil, skeleton, ship, temple, tooth, grave, road, coin',
  astronomer: 'astronomer, physicist, stargazer, student',
  spots: 'finds, spots, maps, tracks, names, studies',
  'sky-adj': 'faint, frozen, rocky, lonely, red, blue, dark, young, giant, silent',
  'sky-thing': 'planet, comet, moon, galaxy, star, cloud, asteroid',
  'habit-adj': 'daily, early, long, gentle, weekly, late',
  habit: 'naps, walks, singing, gardening, dancing, swimming, reading, breakfast, chess, tea',
  'outcome-adj': 'better, improved, poorer, lasting',
  outcome: 'memory, sleep, mood, eyesight, hearing',
  engineer: 'engineer, inventor, chemist, student, pilot',
  builds: 'builds, designs, tests, plans',
  device: 'robot, drone, engine, boat, kite, lamp, camera, machine',
  'device-does': 'climb walls, sort rubbish, count fish, plant trees, paint walls, save bees, play chess',
  returns: 'returns|return, moves|move, wanders|wander',
  habitat: 'woods, estuary, park, marsh, beach, canal, harbour',
};
