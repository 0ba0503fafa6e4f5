// Shows: the same kills, tabs and full disk against two stand-ins that keep data as other apps do (bench/torture/peers),
// with the same actions and the same checks, side by side.
import { subjects } from '../app.mjs';
import { run as kill } from './kill.mjs';
import { run as quota } from './quota.mjs';
import { run as tabs } from './tabs.mjs';

export const LONG = { chromium: 20, firefox: 10 };
export const SHORT = { chromium: 2, firefox: 2 };

// An edit takes at least so long, in ms: a page that is faster would have more to lose.
const PACE = 250;

export async function run({ engine, rounds, seed, dist, isShort, say = () => {} }) {
  const edits = isShort ? 30 : 200;
  const seeds = isShort ? 1 : 3;
  const runs = {
    kill: (subject, quiet) => kill({ engine, rounds, seed, dist, subject, pace: PACE, say: quiet }).then(({ total }) => ({
      losses: total.lost + total.torn + total.strange + total.shut, edits: total.acknowledged,
    })),
    tabs: (subject, quiet) => tabs({ engine, rounds: seeds, seed, dist, subject, edits, counts: [2], pace: PACE, say: quiet }).then(([{ total }]) => ({
      losses: total.lost + total.torn + total.strange + total.shut + total.common, edits: total.edits,
    })),
    ...(engine === 'chromium' ? {
      quota: (subject, quiet) => quota({ engine, rounds: Math.max(2, Math.floor(rounds / 5)), seed, dist, subject, pace: PACE, say: quiet }).then(([{ total }]) => ({
        losses: total.lost, silent: total.silent, edits: total.acknowledged,
      })),
    } : {}),
  };
  const rows = [];
  const found = {};
  for (const [name, one] of Object.entries(runs)) {
    found[name] = {};
    for (const subject of Object.values(subjects(dist))) {
      found[name][subject.name] = await one(subject, () => {});
      const { losses, edits: acknowledged, silent } = found[name][subject.name];
      say(`  ${name}, ${subject.name}: ${losses} lost of ${acknowledged} acknowledged edits${silent === undefined ? '' : `, ${silent} times nothing told`}`);
    }
    const { ours, ...peers } = found[name];
    for (const [peer, { losses, edits: acknowledged, silent }] of Object.entries(peers)) {
      rows.push({
        id: `losses-${name}-${peer}-${engine}`,
        what: `acknowledged edits lost by ${name === 'quota' ? 'running out of space' : name === 'kill' ? 'SIGKILL' : 'two tabs'}, ours against the stand-in ${peer}`,
        ours: ours.losses,
        peer: losses,
        ratio: ours.losses > 0 ? losses / ours.losses : null,
        unit: 'losses',
        goal: 0,
        met: ours.losses === 0 && ours.edits > 0,
        notes: `ours: ${ours.losses} of ${ours.edits}; ${peer}: ${losses} of ${acknowledged}${silent === undefined ? '' : `; times nothing was told: ours ${ours.silent}, ${peer} ${silent}`}`,
      });
    }
  }
  const names = Object.keys(subjects(dist));
  say(`\n  lost of acknowledged   ${names.map(name => name.padEnd(16)).join('')}`.trimEnd());
  for (const [name, by] of Object.entries(found)) {
    say(`  ${name.padEnd(21)}  ${names.map(subject => `${by[subject].losses} of ${by[subject].edits}`.padEnd(16)).join('')}`.trimEnd());
  }
  return rows;
}
