import type { GrammarSource } from '../notation.js';

/** Prizes, museums, concerts and plays. */
export const culture: GrammarSource = {
  culture: [
    [5, '<who> <artist> <wins> <prize> for <work-adj> <work> [60 about <theme>]'],
    [5, '<place> museum <buys> <thing-adj> <treasure> from <who> <job.s>'],
    [4, '<who> <musician> <plays> <concert-adj> <concert> at <place> <building>'],
    [4, '<work-adj> <work> by <who> <artist> <delights> <place> <folk>'],
    [3, '<place> theatre <stages> <work-adj> <show> about <theme>'],
  ],
  artist: 'novelist, poet, painter, composer, director, sculptor',
  wins: 'wins, shares, refuses, loses',
  'work-adj': 'moving, funny, bold, strange, quiet, epic, lost, gloomy, silent, witty, gentle, secret',
  work: 'novel, poem, portrait, film, symphony, song, opera, essay',
  theme: [
    [4, '<who> <job.s>'],
    [3, '<animal-adj> <animal.p>'],
  ],
  buys: 'buys, sells, borrows, returns, refuses, loses, accepts',
  musician: 'singer, pianist, choir, drummer, band',
  plays: 'plays, gives, cancels, plans, records',
  'concert-adj': 'farewell, free, midnight, charity, silent, early, royal, final, secret, winter',
  concert: 'concert, recital, show, opera',
  delights: 'baffles, moves, offends, charms, bores, divides',
  stages: 'plans, cancels, revives, bans, records',
  show: 'play, musical, comedy, ballet, opera',
};
