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
  'storm-adj': 'heavy, sudden, violent, freezing, early, severe, late, freak, record',
  storm: 'storm|storms, gale|gales, blizzard|blizzards, frost|frosts, wind|winds, flood|floods',
  batters: 'batters|batter, hits|hit, damages|damage, closes|close, threatens|threaten',
  flood: [
    [5, 'river lenn <floods> <lenn-town>'],
    [4, 'river tarrow <floods> <tarrow-town>'],
    [3, 'river ister <floods> <ister-town>'],
    [2, 'river wend <floods> <wend-town>'],
  ],
  floods: 'floods, threatens, damages, closes',
  'lenn-town': 'upper lenn, pellam, ashmere, thornwick, netherby',
  'tarrow-town': 'lower tarrow, loxford, otterby, redmarsh, merrow',
  'ister-town': 'corvale, ravenholt, elderby, foxcote',
  'wend-town': 'zennick, umberley, wexcombe, lindle',
  'flood-action': 'fill sandbags, save sheep, move cattle, build walls, bring soup, sing, panic',
  month: 'april, march, june, july, may, august, october, november, january, september',
  spell: 'day, night, week, morning, weekend',
  'warm-verb': 'enjoys, records, celebrates',
  warmest: 'hottest, warmest, sunniest, driest',
  'warm-action': 'swim, sleep outside, fill parks, eat ice cream, picnic, dance, sing',
  'cold-verb': 'endures, records, fears',
  coldest: 'coldest, wettest, windiest, snowiest',
  'cold-action': 'stay home, skate, shiver, build snowmen, light fires, drink soup, complain, drink tea',
  debris: 'trees, mud, snow, broken glass, seaweed, ice, tiles',
};
