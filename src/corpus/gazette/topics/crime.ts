import type { GrammarSource } from '../notation.js';

/** Odd thefts and how they end. */
export const crime: GrammarSource = {
  crime: [
    [5, '<who> <thief#> <steals#> <thing-adj> <treasure> from <place> <building>'],
    [4, '<place> police <hunt> <who> <thief#> with <thing-adj> <treasure>'],
    [4, '<who> <thief#> jailed for <stealing> <thing-adj> <treasure> [50 in <place>]'],
    [4, '<who> <job#> [25 from <place>] <foils#> <who> <thief> with <thing-adj> <treasure>'],
    [3, 'police <finds.p> <thing-adj> <treasure> in <place> <hiding-place>'],
    [3, 'jury <clears> <who> <job.s> of <stealing> <thing-adj> <treasure>'],
  ],
  hunt: 'hunt, arrest, question, seek, chase, release, trap',
  thief: 'thief|thieves, burglar|burglars, forger|forgers, smuggler|smugglers, pirate|pirates, spy|spies',
  steals: 'steals|steal, takes|take, borrows|borrow, hides|hide',
  stealing: 'stealing, forging, selling, hiding, damaging',
  foils: 'stops|stop, chases|chase, traps|trap, helps|help, calms|calm',
  clears: 'clears, convicts, acquits',
  finds: 'finds|find, hides|hide, spots|spot, loses|lose',
};
