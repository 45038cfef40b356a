import type { GrammarSource } from '../notation.js';

/** Hospitals, remedies and advice. */
export const health: GrammarSource = {
  health: [
    [5, '<place> hospital <opens-ward> <ward-adj> <ward> for <who> <job.p>'],
    [5, '<place> <medic#> <urges#> <who> <job.p> to <healthy-habit>'],
    [4, '<remedy> <helps> <who> <place> <job.p> with <condition>'],
    [4, '<illness-adj> <illness> <spreads> among <who> <job.p> in <place>'],
  ],
  'opens-ward': 'opens, closes, plans, tests, delays',
  'ward-adj': 'new, quiet, free, late, sunny, heated, floating, modest, second',
  ward: 'clinic, ward, garden, pharmacy, library, kitchen',
  medic: 'doctor|doctors, surgeon|surgeons, nurse|nurses, dentist|dentists, chemist|chemists',
  urges: 'urges|urge, begs|beg, helps|help, asks|ask',
  'healthy-habit': 'sleep more, drink water, walk, stretch, rest, nap, swim, drink tea',
  remedy: 'new vaccine, cheap pill, herbal tea, seaweed soup, warm bath, garlic, honey',
  helps: 'helps, cures, calms, fails, surprises',
  condition: 'asthma, back pain, insomnia, cold feet',
  'illness-adj': 'winter, strange, mild, severe, stubborn, sudden, rare',
  illness: 'flu, cough, fever, rash, cold',
  spreads: 'spreads, fades, returns, worsens',
};
