import type { GrammarSource } from '../notation.js';

/** Prizes, museums, concerts and plays. */
export const culture: GrammarSource = {
  culture: [
    [5, '<who> <artist#> <wins#> <prize> for <work-adj> <work> [60 about <theme>]'],
    [5, '<place> museum <buys> <thing-adj> <treasure> from <who> <job.s>'],
    [4, '<who> <musician#> <plays#> <concert-adj> <concert> at <place> <building>'],
    [4, '<work-adj> <work> by <who> <artist.s> <delights> <place> <folk>'],
    [3, '<place> theatre <stages> <work-adj> <show> about <theme>'],
  ],
  artist: 'novelist|novelists, poet|poets, painter|painters, sculptor|sculptors, composer|composers, director|directors',
  wins: 'wins|win, shares|share, refuses|refuse, accepts|accept, misses|miss',
  'work-adj': 'moving, funny, bold, tender, haunting, strange, quiet, epic, lost, playful, gloomy, silent, witty, gentle',
  work: 'novel, poem, portrait, film, symphony, memoir, mural, song, opera, essay',
  theme: [
    [4, '<who> <job.s>'],
    [3, '<animal-adj> <animal.p>'],
  ],
  buys: 'buys, sells, borrows, returns, refuses, loses, accepts',
  musician: 'singer|singers, pianist|pianists, choir|choirs, drummer|drummers, orchestra|orchestras, band|bands',
  plays: 'plays|play, gives|give, cancels|cancel, announces|announce, records|record',
  'concert-adj': 'farewell, free, midnight, charity, silent, early, royal, final, secret, winter',
  concert: 'concert, recital, show, gig, opera',
  delights: 'delights, baffles, moves, offends, charms, bores, divides, inspires',
  stages: 'stages, cancels, revives, bans, records',
  show: 'play, musical, comedy, ballet, tragedy, opera',
};
