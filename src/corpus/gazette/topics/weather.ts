import type { GrammarSource } from '../notation.js';

/** Storms, floods, heat and frost. Each river floods its own towns; heat and cold have their own consequences. */
export const weather: GrammarSource = {
  weather: [
    [5, '<storm-adj> <storm#> <batters#> <place> <building> as <folk> <react>'],
    [4, '<flood> <building> as <who> <job.p> <flood-action>'],
    [3, '<place> <warm-verb> <warmest> <month> <spell> as <who> <job.p> <warm-action>'],
    [3, '<place> <cold-verb> <coldest> <month> <spell> as <who> <job.p> <cold-action>'],
    [3, '<who> <job.p> clear <debris> from <place> <building> after <storm-adj> <storm.s>'],
  ],
  'storm-adj': 'heavy, sudden, violent, freezing, early, severe, late, fierce, freak, record',
  storm: 'storm|storms, gale|gales, blizzard|blizzards, downpour|downpours, hail|hailstorms, frost|frosts, wind|winds',
  batters: 'batters|batter, hits|hit, damages|damage, lashes|lash, closes|close, threatens|threaten',
  flood: [
    [5, 'river lenn <floods> <lenn-town>'],
    [4, 'river tarrow <floods> <tarrow-town>'],
    [3, 'river ister <floods> <ister-town>'],
    [2, 'river wend <floods> <wend-town>'],
  ],
  floods: 'floods, threatens, damages, nears, closes',
  'lenn-town': 'upper lenn, pellam, ashmere, thornwick, netherby',
  'tarrow-town': 'lower tarrow, loxford, otterby, redmarsh, merrow',
  'ister-town': 'corvale, ravenholt, elderby, foxcote',
  'wend-town': 'zennick, umberley, wexcombe, lindow',
  'flood-action': 'fill sandbags, save sheep, pump cellars, move cattle, build wall, launch boats, wade home, bring soup, sing',
  month: 'april, march, june, july, may, august, october, november, january, september, december, february',
  spell: 'day, night, week, morning, weekend',
  'warm-verb': 'enjoys, records, welcomes, celebrates',
  warmest: 'hottest, warmest, sunniest, driest',
  'warm-action': 'swim, sunbathe, sleep outside, fill parks, seek shade, buy fans, eat ice cream, picnic',
  'cold-verb': 'endures, records, fears, mourns',
  coldest: 'coldest, wettest, windiest, snowiest, foggiest',
  'cold-action': 'stay home, skate, shiver, build snowmen, miss trains, light fires, buy coats, drink soup',
  debris: 'trees, mud, snow, broken glass, tiles, seaweed, dead leaves, ice',
};
