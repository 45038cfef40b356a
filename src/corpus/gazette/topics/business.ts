import type { GrammarSource } from '../notation.js';

/** Firms, jobs, prices and strikes. What grows and what is dug change in price for reasons of their own. */
export const business: GrammarSource = {
  business: [
    [5, '<firm-adj> <firm#> <unveils#> <gadget-adj> <product> for <who> <job.p>'],
    [4, '<place> <firm#> <plans-to#> <hire> <few> <who> <job.p>'],
    [3, '<grown-goods> prices <price-move> after <cause-adj> <grown-cause> in <place>'],
    [3, '<dug-goods> prices <price-move> after <cause-adj> <dug-cause> in <place>'],
    [4, '<who> <job#> <opens#> <shop-adj> <shop> in <place> <building>'],
    [3, '<who> <place> <firm.s> workers <strike> over <grievance-adj> <grievance>'],
  ],
  'firm-adj': 'family, local, rival, online, foreign, famous, national, small, modest, giant, young',
  firm:
    'bakery|bakeries, bank|banks, airline|airlines, brewery|breweries, shipyard|shipyards, ' +
    'carmaker|carmakers, hotel|hotels, factory|factories',
  unveils: 'unveils|unveil, tests|test, recalls|recall, delays|delay, designs|design, sells|sell',
  product: 'bicycle, kettle, watch, camera, phone, suitcase, oven, umbrella, clock, boat',
  'plans-to':
    'plans to|plan to, agrees to|agree to, promises to|promise to, hopes to|hope to, ' + 'refuses to|refuse to',
  hire: 'hire, train, sack, reward, keep',
  'grown-goods': 'wheat, coffee, sugar, wool, butter, tea, barley, honey, apple',
  'dug-goods': 'copper, steel, oil, gas, silver, coal, salt, gold',
  'price-move': 'rise, fall, climb, soar, tumble, jump, sink, double',
  'cause-adj': 'long, sudden, early, record, late, strange, second, severe, surprise',
  'grown-cause': 'harvest, frost, drought, rain, snow',
  'dug-cause': 'strike, leak, landslide, find, fire',
  opens: 'opens|open, closes|close, buys|buy, sells|sell, plans|plan',
  'shop-adj': 'tiny, new, midnight, floating, silent, cheap, royal, popular, haunted, second',
  shop: 'bookshop, cafe, bakery, clinic, gallery, toyshop, pub',
  strike: 'strike, walk out, protest, march, complain',
  'grievance-adj': 'unpaid, cold, lost, early, late, short, unfair',
  grievance: 'shifts, lunches, uniforms, holidays, pensions',
};
