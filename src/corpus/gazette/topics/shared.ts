import type { GrammarSource } from '../notation.js';

/** Places, people, animals and things: what every topic draws on. All places are invented. */
export const shared: GrammarSource = {
  // Two halves of one country, so that a headline about two towns never names the same town twice.
  'north-town':
    'ashmere, corvale, pellam, garrow, dunmarsh, elderby, ostley, netherby, quillford, ravenholt, ' +
    'thornwick, foxcote, glenard, brackle, ilverton, upper lenn, norwold, tansy, hobbin, kestrel bay',
  'south-town':
    'saltmere, velmouth, umberley, zennick, drumlow, merrow, otterby, loxford, hollin, redmarsh, ' +
    'inverlow, lindle, wexcombe, port sallow, copperby, lower tarrow, eastmere, dovey, pendry, skerrin',
  place: [
    [1, '<north-town>'],
    [1, '<south-town>'],
  ],
  few: 'two, three, four, five, six, seven, eight, nine, ten, twenty',
  time: 'days, weeks, hours, months, years',

  /** What anyone may be. */
  who:
    'young, retired, local, angry, former, proud, famous, shy, rival, tired, lucky, rural, veteran, ' +
    'brave, quiet, foreign, honest, nervous, popular, clumsy, curious, elderly, wealthy, modest, ' +
    'grumpy, gifted, stubborn, cheerful, lazy, noble, polite, wise, bored, eager, loyal, gentle, ' +
    'daring, lonely, hungry, sleepy, weary, witty, bold, funny, humble, gloomy, silent',
  /** Bystanders, always many. */
  folk:
    'residents, farmers, parents, unions, experts, students, traders, nurses, drivers, villagers, ' +
    'teachers, tourists, pensioners, sailors, families, critics, walkers, bakers, fans, clerks',
  job:
    'nurse|nurses, farmer|farmers, teacher|teachers, baker|bakers, plumber|plumbers, poet|poets, ' +
    'sailor|sailors, butcher|butchers, vicar|vicars, miner|miners, barber|barbers, gardener|gardeners, ' +
    'builder|builders, tailor|tailors, clerk|clerks, waiter|waiters, dentist|dentists, ' +
    'cleaner|cleaners, pilot|pilots, student|students, judge|judges, cook|cooks, painter|painters, ' +
    'driver|drivers, singer|singers',
  react:
    'protest, cheer, grumble, celebrate, despair, march, complain, wait, panic, weep, ask why, ' +
    'stay calm, lose hope, walk out, seek help, stay home, sing',

  'thing-adj':
    'old, rare, golden, giant, broken, silver, famous, ancient, wooden, royal, cheap, tiny, painted, ' +
    'strange, rusty, cracked, fake, hidden, haunted, glass, antique, humble, lucky, crooked, silent, ' +
    'lost, heavy, new, paper',
  treasure:
    'clock, violin, statue, painting, trophy, teapot, map, coin, sword, vase, mask, harp, bell, globe, ' +
    'ring, lamp, piano, crown, spoon, portrait, chair, tuba, puppet, compass, kite, drum',
  'building-adj':
    'old, historic, crowded, empty, royal, haunted, rural, crooked, busy, flooded, famous, quiet, ' + 'ancient, humble',
  building:
    'museum, church, school, castle, library, hotel, harbour, theatre, station, market, bakery, ' +
    'prison, palace, factory, garden, bank, pub, zoo, chapel, farm, tower, mill, college, bridge',
  'animal-adj':
    'wild, rare, shy, lost, giant, clever, hungry, sleepy, noisy, gentle, golden, lonely, tiny, ' +
    'curious, lazy, proud, brave, elderly',
  animal:
    'pig|pigs, otter|otters, goat|goats, swan|swans, donkey|donkeys, parrot|parrots, owl|owls, ' +
    'cow|cows, pony|ponies, goose|geese, fox|foxes, llama|llamas, badger|badgers',
  'hiding-place': 'attic, wardrobe, shed, chimney, beehive, haystack, suitcase, cellar, oven, boat',
  /** What gets built, sold and ridden. */
  'gadget-adj':
    'cheap, electric, tiny, wooden, folding, solar, silent, flying, floating, talking, golden, heated, ' +
    'paper, giant, clever, striped, new, red',
  'event-adj':
    'late, early, heated, narrow, secret, long, bitter, record, surprise, second, public, tense, ' +
    'quiet, strange, final, first, sudden, chaotic',
  prize: 'first prize, top award, gold medal, rare honour, golden spoon, silver cup',
  crop: 'apples, honey, wheat, barley, cherries, onions, grapes, beans, garlic, potatoes',
};
