import type { GrammarSource } from '../notation.js';

/** Firms, jobs, prices and strikes. What grows and what is dug change in price for reasons of their own. */
export const business: GrammarSource = {
  business: [
    [5, '<firm-adj> <firm#> <unveils#> <gadget-adj> <product> for <who> <job.p>'],
    [4, '<place> <firm#> <plans-to#> <hire> <few> <who> <job.p>'],
    [3, '<grown-goods> prices <price-move> after <event-adj> <grown-cause> in <place>'],
    [3, '<dug-goods> prices <price-move> after <event-adj> <dug-cause> in <place>'],
    [4, '<who> <job#> <opens#> <shop-adj> <shop> in <place> <building>'],
    [3, '<who> <place> <firm.s> workers <strike> over <grievance-adj> <grievance>'],
  ],
  'firm-adj': 'family, local, rival, online, foreign, famous, national, small, modest, giant, young',
  firm:
    'bakery|bakeries, bank|banks, airline|airlines, brewery|breweries, shipyard|shipyards, toymaker|toymakers, ' +
    'carmaker|carmakers, grocer|grocers, hotel|hotels, factory|factories',
  unveils: 'unveils|unveil, launches|launch, tests|test, recalls|recall, delays|delay, designs|design, sells|sell',
  product: 'bicycle, kettle, watch, tractor, heater, camera, phone, suitcase, oven, umbrella, sofa, tent, razor, clock, boat',
  'plans-to': 'plans to|plan to, agrees to|agree to, promises to|promise to, hopes to|hope to, refuses to|refuse to',
  hire: 'hire, train, recruit, sack, reward, keep',
  'grown-goods': 'wheat, coffee, sugar, cocoa, wool, butter, tea, barley, honey, apple',
  'dug-goods': 'copper, steel, oil, gas, silver, coal, salt, gold',
  'price-move': 'rise, fall, climb, slip, soar, tumble, jump, sink, double',
  'grown-cause': 'harvest, frost, drought, rain, snow',
  'dug-cause': 'strike, leak, landslide, find, fire, blast',
  opens: 'opens|open, closes|close, buys|buy, sells|sell, plans|plan',
  'shop-adj': 'tiny, new, midnight, floating, cosy, silent, cheap, royal, popular, haunted, second',
  shop: 'bookshop, cafe, bakery, clinic, gallery, toyshop, laundry, workshop, pub',
  strike: 'strike, walk out, protest, march, complain, win dispute',
  'grievance-adj': 'unpaid, cold, lost, longer, early, late, shorter, unfair',
  grievance: 'overtime, shifts, breaks, lunches, uniforms, holidays, pensions, wages',
};
