// Measures finding passages again in a text that has changed, against the matcher of Hypothesis, in the main thread of
// one page for both.
//
//   --cases FOLDER  one JSON file a case: { id, language, kind, size, old, new, passages: [{ quote: { exact, prefix,
//                   suffix }, position: { start, end }, truth: { start, end } | null }] }. Positions are code points of
//                   the old text, truths of the new one; null is a passage that was deleted.
//   --ours FOLDER   reanchor.js and reanchor_bg.wasm, as wasm-bindgen makes them for the web, with
//                   propose(old, new, passages as JSON) -> JSON of [{ outcome, candidates: [{ span, score }] }], best
//                   candidate first. A passage counts as placed there unless its outcome is "lost".
//
// Ours is timed from texts and passages to placements, with reading the old text and JSON both ways. The peer gets no
// old text; it is timed over the new one, its offsets turned into those of JavaScript strings and back outside of the
// time. Each round of a case has a browser of its own. When the peer reaches the cap in a case, both are judged by the
// passages that it came to, in an order given by the seed; it counts with the cap, and is not run again.
//
// What is counted: a wrong place shares less than half of the union with the true one; lost though present; deleted and
// said to be lost; both edges exact.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../../torture/ledger.mjs';
import { row, table } from '../results.mjs';
import { figures, median, round, roundRatio, shuffled, sum, watchLoad } from '../stats.mjs';

export const ROUNDS = 5;
// How many times as long the peer takes, and how many times as many wrong places it gives.
const GOAL = { time: 100, wrong: 10 };
const SHARED = 0.5;
const COUNTS = ['present', 'deleted', 'wrong', 'lost', 'forgotten', 'edges'];

export async function run({ stage, rounds, seed, cap, say, cases: folder, ours: build }) {
  const load = watchLoad();
  for (const name of ['reanchor.js', 'reanchor_bg.wasm']) {
    if (!existsSync(join(build, name))) throw new Error(`there is no ${name} in ${build}`);
  }
  stage.publish(build, 'reanchor');
  const names = readdirSync(folder).filter(name => name.endsWith('.json')).sort();
  if (names.length === 0) throw new Error(`there are no cases in ${folder}`);
  const source = random(seed);
  const cases = [];
  for (const name of names) {
    cases.push(await measure(stage, join(folder, name), name, { rounds, source, cap, say }));
    say(`  ${cases.at(-1).id}: ours ${round(median(cases.at(-1).ours.times))} ms, peer ${cases.at(-1).peer.isCapped ? `more than ${cap} s` : `${round(median(cases.at(-1).peer.times))} ms`}`);
  }
  say(`\n${tableOf(cases)}\n`);
  return rowsOf(cases, { rounds, source, cap, load });
}

async function measure(stage, path, name, { rounds, source, cap }) {
  const { id, language, kind, size, old, new: text, passages } = JSON.parse(readFileSync(path, 'utf8'));
  const order = shuffled(source, passages.map((_, n) => n));
  const inOrder = order.map(n => passages[n]);
  stage.publish(path, `cases/${name}`);
  const sides = { ours: { times: [] }, peer: { times: [], isCapped: false } };
  for (let turn = 0; turn < rounds; turn += 1) {
    const whose = shuffled(source, Object.keys(sides)).filter(who => !sides[who].isCapped);
    const seen = await stage.peer(null, page => page.evaluate(find, { path: `cases/${name}`, order, whose, cap: cap * 1_000 }));
    for (const [who, { time, isCapped, placements }] of Object.entries(seen)) {
      const side = sides[who];
      const told = JSON.stringify(placements);
      side.told ??= told;
      if (isCapped) side.isCapped = true;
      else if (told !== side.told) throw new Error(`${id}: ${who} did not find the same places again`);
      else side.times.push(time);
    }
  }
  const { isCapped } = sides.peer;
  const placements = { ours: JSON.parse(sides.ours.told), peer: JSON.parse(sides.peer.told) };
  const judged = placements.peer.length;
  return {
    id, language, kind, size, passages: passages.length, judged, chars: [old, text].map(text => [...text].length),
    ours: { times: sides.ours.times, isCapped: false, ...judge(placements.ours.slice(0, judged), inOrder) },
    peer: { times: isCapped ? Array(rounds).fill(cap * 1_000) : sides.peer.times, isCapped, ...judge(placements.peer, inOrder) },
  };
}

// The placements against the truth.
function judge(placements, passages) {
  const found = Object.fromEntries(COUNTS.map(name => [name, 0]));
  placements.forEach((span, n) => {
    const { truth } = passages[n];
    if (truth === null) {
      found.deleted += 1;
      if (span === null) found.forgotten += 1;
      return;
    }
    found.present += 1;
    if (span === null) found.lost += 1;
    else if (span.start === truth.start && span.end === truth.end) found.edges += 1;
    else {
      const shared = Math.max(0, Math.min(span.end, truth.end) - Math.max(span.start, truth.start));
      const union = Math.max(span.end, truth.end) - Math.min(span.start, truth.start);
      if (shared < SHARED * union) found.wrong += 1;
    }
  });
  return found;
}

const total = (cases, who, name) => sum(cases.map(one => one[who][name]));
const share = (part, whole) => part / Math.max(1, whole) * 100;
const atLeast = (isCapped, value) => (isCapped ? `>${value}` : value);

function tableOf(cases) {
  const line = (id, all) => ['ours', 'peer'].map(who => {
    const of = name => total(all, who, name);
    const time = atLeast(all.some(one => one[who].isCapped), round(sum(all.map(one => median(one[who].times)))));
    return [id, who, `${time} ms`, sum(all.map(({ judged }) => judged)), of('wrong'), of('lost'), `${of('forgotten')} of ${of('deleted')}`, `${round(share(of('edges'), of('present')))} %`];
  });
  return table(
    ['case', 'side', 'time', 'passages', 'wrong place', 'lost though present', 'deleted and lost', 'both edges exact'],
    [...cases.flatMap(one => line(one.id, [one])), ...line('all', cases)],
  );
}

function rowsOf(cases, { rounds, source, cap, load }) {
  const isCapped = cases.some(one => one.peer.isCapped);
  const judged = sum(cases.map(one => one.judged));
  const passages = sum(cases.map(one => one.passages));
  const notes = [load()];
  if (isCapped) notes.push(`the peer came to ${judged} of ${passages} passages: stopped after ${cap} s in ${cases.filter(one => one.peer.isCapped).map(({ id }) => id).join(', ')}`);
  // A round of all cases together, so that the large ones count as much as they take.
  const rounded = who => Array.from({ length: rounds }, (_, turn) => sum(cases.map(one => one[who].times[turn])));
  const time = row({
    id: 'reanchor-time', what: `finding ${passages.toLocaleString('en')} passages in ${cases.length} cases again, sum of all, median of ${rounds}; ours with reading both texts; peer: matcher of Hypothesis; ratio: peer by ours`,
    ours: rounded('ours'), peer: rounded('peer'), cap, goal: GOAL.time, source,
    notes: [`ratio by case ${figures(cases.map(({ peer, ours }) => median(peer.times) / median(ours.times)))}`, ...notes],
  });
  const counted = (id, what, name, whole, goal, met) => {
    const [ours, peer] = ['ours', 'peer'].map(who => total(cases, who, name));
    return {
      id, what: `${what}, of ${total(cases, 'ours', whole).toLocaleString('en')} in ${cases.length} cases; peer: matcher of Hypothesis; ratio: peer by ours`,
      ours: round(share(ours, total(cases, 'ours', whole)), 2), peer: round(share(peer, total(cases, 'peer', whole)), 2),
      // Where ours has none, the ratio is more than if there were one.
      ratio: ours > 0 ? roundRatio(peer / ours) : `>${peer}`,
      unit: '%', goal, met, notes: [`ours ${ours}, peer ${peer}`, ...notes].join('; '),
    };
  };
  const isRarelyWrong = total(cases, 'ours', 'wrong') * GOAL.wrong <= total(cases, 'peer', 'wrong');
  return [
    {
      ...time, peer: atLeast(isCapped, time.peer), ratio: atLeast(isCapped, time.ratio), met: time.met || (isCapped ? null : false),
      cases: cases.map(({ ours, peer, ...about }) => ({ ...about, ours: countsOf(ours), peer: countsOf(peer) })),
    },
    counted('reanchor-wrong', 'passages put in a wrong place', 'wrong', 'present', GOAL.wrong, isRarelyWrong),
    counted('reanchor-lost', 'passages said to be lost that are there', 'lost', 'present', null, null),
    counted('reanchor-deleted', 'deleted passages said to be lost (more is better)', 'forgotten', 'deleted', null, null),
    counted('reanchor-edges', 'passages with both edges exact (more is better)', 'edges', 'present', null, null),
  ];
}

const countsOf = ({ times, isCapped, ...counts }) => ({ ms: atLeast(isCapped, round(median(times))), ...counts });

// ------------------------------------------------------------------------------------------------------- in the page
async function find({ path, order, whose, cap }) {
  const { hypothesis } = window.peers;
  const { old, new: text, passages } = await (await fetch(path)).json();
  const inOrder = order.map(n => passages[n]);
  const described = inOrder.map(({ quote, position }) => ({ quote, position }));
  // Offsets of code points as those of UTF-16 units, and back.
  const unitsOf = text => {
    const units = [];
    let at = 0;
    for (const char of text) {
      units.push(at);
      at += char.length;
    }
    units.push(at);
    return units;
  };
  const codePoint = (units, unit) => {
    let [low, high] = [0, units.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (units[middle] <= unit) low = middle;
      else high = middle;
    }
    return low;
  };
  const [inOld, inNew] = [unitsOf(old), unitsOf(text)];
  const forPeer = described.map(({ quote, position: { start, end } }) => ({ quote, position: { start: inOld[start], end: inOld[end] } }));

  const reanchor = await import('./reanchor/reanchor.js');
  await reanchor.default();
  const sides = {
    ours() {
      const start = performance.now();
      const proposals = JSON.parse(reanchor.propose(old, text, JSON.stringify(described)));
      const placements = proposals.map(({ outcome, candidates: [best] }) => (outcome === 'lost' ? null : best.span));
      return { time: performance.now() - start, isCapped: false, placements };
    },
    peer() {
      const start = performance.now();
      const found = [];
      for (const passage of forPeer) {
        if (performance.now() - start > cap) break;
        found.push(hypothesis.anchor(text, passage));
      }
      const time = performance.now() - start;
      const placements = found.map(span => span && { start: codePoint(inNew, span.start), end: codePoint(inNew, span.end) });
      return { time, isCapped: found.length < forPeer.length, placements };
    },
  };
  const seen = {};
  for (const who of whose) {
    await new Promise(done => setTimeout(done, 300));
    seen[who] = sides[who]();
  }
  if (seen.ours && seen.ours.placements.length !== inOrder.length) throw new Error(`${seen.ours.placements.length} proposals for ${inOrder.length} passages`);
  return seen;
}
