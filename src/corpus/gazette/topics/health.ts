import type { GrammarSource } from '../notation.js';

/** Hospitals, remedies and advice. */
export const health: GrammarSource = {
  health: [
    [5, '<place> hospital <opens-ward> <ward-adj> <ward> for <who> <job.p>'],
    [5, '<place> <medic#> <urges#> <who> <job.p> to <healthy-habit>'],
    [4, '<remedy> <helps> <who> <place> <job.p> with <condition>'],
    [4, '<illness-adj> <illness> <spreads> among <who> <job.p> in <place>'],
  ],
  'opens-ward': 'opens, closes, rebuilds, plans, tests',
  'ward-adj': 'new, quiet, free, late, sunny, heated, floating, modest, second',
  ward: 'clinic, ward, garden, music room, gym, pharmacy, library',
  medic: 'doctor|doctors, surgeon|surgeons, midwife|midwives, chemist|chemists, nurse|nurses',
  urges: 'urges|urge, reminds|remind, begs|beg, helps|help',
  'healthy-habit':
    'sleep more, drink water, walk, get flu jabs, wash hands, eat greens, stretch, give blood, rest, wear hats, eat breakfast, nap',
  remedy: 'new vaccine, nasal spray, cheap pill, herbal tea, talking cure, seaweed soup, light therapy, warm bath, garlic, yoga',
  helps: 'helps, cures, calms, surprises, fails',
  condition: 'asthma, migraine, back pain, hay fever, insomnia, eczema, cold feet, hiccups',
  'illness-adj': 'winter, strange, mild, severe, stubborn, sudden, rare',
  illness: 'flu, cough, fever, measles, rash, cold',
  spreads: 'spreads, fades, returns, worsens',
};
