// Measures how the warm start grows with the library: from the start of the navigation to `<html data-state="ready">`,
// with 1,000 documents against 10 (each of 10 annotations, with its glance). Warm: the app was loaded before, its
// service worker answers, the browser runs. In each round both libraries have a browser of their own and are loaded
// nine times; the round counts by its medians. Heard by an observer that is in the page before any of its scripts.
//
// For the notes also until the list "Documents" is in the page with all of its items, and until the next frame.
import { random } from '../../torture/ledger.mjs';
import { Stage, figures, median, quantile, round, shuffled, spread, until, watchLoad } from '../stage.mjs';

export const ROUNDS = 5;
const LOADS = 9;
const SIZES = { large: 1_000, small: 10 };
const LIBRARY = { blocks: 12, annotations: 10 };
const GOAL = 1.5;

export async function run({ dist, rounds, seed, say, profiler }) {
  const load = watchLoad();
  const stage = await Stage.open(dist);
  const medians = { large: [], small: [] };
  const all = { large: [], small: [] };
  try {
    const titles = {};
    for (const [name, documents] of Object.entries(SIZES)) {
      titles[name] = (await stage.keep(name, { ...LIBRARY, seed, documents })).map(document => document.texts[0]);
    }
    const source = random(seed);
    for (let turn = 0; turn < rounds; turn += 1) {
      for (const name of shuffled(source, Object.keys(SIZES))) {
        await stage.startFrom(name);
        const loads = await starts(stage, titles[name], name === 'large' ? profiler : null);
        all[name].push(...loads);
        medians[name].push(Object.fromEntries(['ready', 'listed', 'painted'].map(what => [what, median(loads.map(times => times[what]))])));
        await stage.quit();
      }
      const [large, small] = [medians.large.at(-1), medians.small.at(-1)];
      say(`  round ${turn + 1}: ready ${round(large.ready)} to ${round(small.ready)} ms, listed ${round(large.listed)} to ${round(small.listed)} ms`);
    }
  } finally {
    await stage.close();
  }
  const notes = load();
  const row = (id, what, phase, goal) => {
    const of = name => medians[name].map(times => times[phase]);
    const ratios = of('large').map((time, n) => time / of('small')[n]);
    const ratio = round(median(ratios), 2);
    return {
      id, what: `warm start ${what}, 1,000 documents; peer: 10 documents; median of ${rounds} medians of ${LOADS}`,
      ours: round(median(of('large'))), peer: round(median(of('small'))), ratio, unit: 'ms', goal, met: goal === null ? null : ratio <= goal,
      notes: `ratio by round ${spread(ratios)}, p95 ${round(quantile(ratios, 0.95), 2)}; all loads: 1,000 documents ${figures(all.large.map(times => times[phase]))}; 10 documents ${figures(all.small.map(times => times[phase]))}; ${notes}`,
    };
  };
  return [
    row('start-1000', 'to data-state="ready"', 'ready', GOAL),
    row('start-1000-listed', 'to all documents in the list', 'listed', null),
    row('start-1000-painted', 'to the frame with the list', 'painted', null),
  ];
}

async function starts(stage, titles, profiler) {
  await stage.load();
  // Once more, so that what the browser keeps of the first load is there.
  await stage.load();
  await stage.browser.tools('Page.addScriptToEvaluateOnNewDocument', { source: `(${observe})(${titles.length})` });
  const loads = [];
  for (let turn = 0; turn < LOADS; turn += 1) {
    await stage.browser.go('about:blank');
    const isProfiled = profiler && turn === LOADS - 1;
    if (isProfiled) await profiler.begin(stage);
    await stage.browser.go(stage.bench.address('#/'));
    const times = await until('the start', () => stage.browser.run('return window.started?.painted && window.started'));
    if (isProfiled) await profiler.end(stage, 'start');
    const seen = await stage.run(shown);
    if (!seen.isWarm) throw new Error('the service worker does not answer');
    if (seen.count !== titles.length || !titles.includes(seen.first) || !titles.includes(seen.last) || (seen.count > 1 && seen.first === seen.last)) {
      throw new Error(`the list has ${seen.count} documents, from “${seen.first}” to “${seen.last}”`);
    }
    // A profiled load counts as well: there is only one a round, and the median is of nine.
    loads.push(times);
    await stage.calm(150);
  }
  return loads;
}

// ------------------------------------------------------------------------------------------------------- in the page
function observe(wanted) {
  if (!location.protocol.startsWith('http')) return;
  const times = window.started = {};
  const observer = new MutationObserver(() => {
    const now = performance.now();
    if (!times.ready && document.documentElement?.dataset.state === 'ready') times.ready = now;
    if (!document.body || document.querySelectorAll('ul[aria-label="Documents"].docs > li').length < wanted) return;
    observer.disconnect();
    times.listed = now;
    requestAnimationFrame(() => setTimeout(() => { times.painted = performance.now(); }));
  });
  observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] });
}

function shown() {
  const links = [...document.querySelectorAll('ul[aria-label="Documents"] a[href^="#/read/"]')];
  const title = link => link?.textContent.replace(/\s+/g, ' ').trim();
  return { isWarm: Boolean(navigator.serviceWorker.controller), count: links.length, first: title(links[0]), last: title(links.at(-1)) };
}
