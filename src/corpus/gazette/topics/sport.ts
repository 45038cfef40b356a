import type { GrammarSource } from '../notation.js';

/** Football, cricket, tennis and running. */
export const sport: GrammarSource = {
  sport: [
    [4, '<north-town> <beat> <south-town> with <event-adj> <goal> in <cup-adj> <cup>'],
    [4, '<south-town> <beat> <north-town> with <event-adj> <goal> in <cup-adj> <cup>'],
    [3, '<north-town> sign <who> <player> from <south-town> [50 after <match-adj> <match>]'],
    [3, '<who> <place> <player> <thanks> <who> <coach> after <match-adj> <match>'],
    [3, '<who> <job.s> takes <few> wickets as <south-town> beat <north-town>'],
    [4, '<who> <job.s> <stuns> <who> <champion> in <place> open'],
    [5, '<who> <job.s> <runs> <place> <race> in <conditions>'],
  ],
  beat: 'beat, draw with, edge past, thrash, stun, hold, outplay, defeat',
  goal: 'penalty, header, goal, free kick, volley, own goal, corner',
  'cup-adj': 'cup, league, county, youth, winter, charity, summer',
  cup: 'final, opener, derby, replay, friendly, playoff',
  player: 'striker, keeper, winger, defender, captain, goalkeeper, substitute',
  'match-adj': 'heavy, narrow, dull, record, painful, late, first, bitter, surprise, long',
  match: 'defeat, win, draw, match, comeback, final',
  coach: 'coach, manager, chairman, captain, fans, rivals',
  thanks: 'praises, defends, thanks, warns, blames, mocks, forgives',
  stuns: 'stuns, beats, outlasts, thrashes, upsets, meets, crushes',
  champion: 'champion, finalist, favourite, teenager, master',
  runs: 'wins, misses, leads, finishes, loses, enjoys, quits',
  race: 'marathon, hill race, fun run, beach race, relay, sprint, walk, boat race, swim',
  conditions: 'heavy rain, sunshine, fog, strong wind, deep mud, heatwave, snow, slippers, record time, costume, darkness',
};
