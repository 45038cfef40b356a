import type { GrammarSource } from '../notation.js';

/** Football, cricket, tennis and running. */
export const sport: GrammarSource = {
  sport: [
    [4, '<north-town> <beat> <south-town> with <goal-adj> <goal> in <cup-adj> <cup>'],
    [4, '<south-town> <beat> <north-town> with <goal-adj> <goal> in <cup-adj> <cup>'],
    [3, '<north-town> sign <who> <player> from <south-town> [50 after <match-adj> <match>]'],
    [3, '<who> <place> <player> <thanks> <who> <coach> after <match-adj> <match>'],
    [3, '<who> <job.s> takes <few> wickets as <south-town> beat <north-town>'],
    [4, '<who> <job.s> <stuns> <who> <champion> in <place> open'],
    [5, '<who> <job.s> <runs> <place> <race> in <conditions>'],
  ],
  beat: 'beat, draw with, edge past, thrash, hold, defeat',
  'goal-adj': 'late, early, lucky, strange, second, surprise, clumsy, bold, final, brave',
  goal: 'penalty, header, goal, volley, own goal, corner',
  'cup-adj': 'cup, league, county, youth, winter, charity, summer',
  cup: 'final, opener, derby, replay, friendly',
  player: 'striker, keeper, winger, defender, captain',
  'match-adj': 'heavy, narrow, dull, record, late, first, bitter, surprise, long',
  match: 'defeat, win, draw, match, final',
  coach: 'coach, manager, captain, fans, team',
  thanks: 'praises, defends, thanks, warns, blames, mocks',
  stuns: 'beats, meets, thrashes, upsets, outlasts',
  champion: 'champion, favourite, master, winner',
  runs: 'wins, misses, leads, loses, enjoys, quits',
  race: 'marathon, hill race, fun run, beach race, walk, boat race, swim',
  conditions: 'heavy rain, fog, strong wind, deep mud, snow, slippers, record time, costume, darkness, silence',
};
