import type { GrammarSource } from '../notation.js';

/** Officials, votes and bills. */
export const politics: GrammarSource = {
  politics: [
    [6, '<who> <official#> [45 of <place>] <vow#> to <reform> <bill>'],
    [4, '<place> <chamber> <approves> <bill> after <event-adj> <event>'],
    [4, '<who> <job.p> <oppose> <place> <bill>'],
    [3, '<who> <official#> <quits#> over <scandal-adj> <scandal> in <place>'],
    [3, '<who> <official#> <blames#> <who> <job.p> for <event-adj> <event>'],
    [3, '<place> voters <decide> <bill> as <folk> <react>'],
  ],
  official:
    'minister|ministers, mayor|mayors, senator|senators, governor|governors, envoy|envoys, ' + 'treasurer|treasurers',
  vow:
    'vows|vow, promises|promise, refuses|refuse, plans|plan, agrees|agree, threatens|threaten, ' +
    'hopes|hope, offers|offer',
  reform:
    'scrap, delay, rewrite, defend, revive, publish, soften, fund, block, review, explain, cut, save, ' + 'debate',
  bill: [
    [3, '<bill-area> <bill-type>'],
    [2, '<bill-adj> <bill-area> <bill-type>'],
  ],
  'bill-adj': 'bold, costly, vague, modest, secret, popular, strange, historic, hasty, new',
  'bill-area':
    'housing, harbour, pension, farm, school, border, energy, rail, fishing, water, forest, trade, ' +
    'library, rent, prison, coal, road, museum',
  'bill-type': 'bill, plan, tax, budget, treaty, law, levy, deal, charter, reform, fund, ban',
  chamber: 'council, senate, assembly, cabinet, parliament',
  approves: 'approves, rejects, delays, debates, blocks, defends, backs, praises',
  event: 'vote, debate, revolt, inquiry, leak, walkout, summit, protest, meeting, petition, defeat',
  oppose: 'oppose, back, mock, question, welcome, praise, defend, fear, reject',
  quits: 'quits|quit, resigns|resign, apologises|apologise, weeps|weep',
  'scandal-adj': 'leaked, lost, lavish, forged, unpaid, secret, fake, strange',
  scandal: 'emails, gifts, letters, expenses, loans, holidays',
  blames: 'blames|blame, thanks|thank, praises|praise, mocks|mock',
  decide: 'back, reject, approve, defeat',
};
