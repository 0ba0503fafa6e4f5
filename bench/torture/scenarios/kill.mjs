// Proves: what the page called saved outlives a SIGKILL of the whole browser at any moment, and nothing is stored by
// halves: no edit, no import, no restore of a backup.
import { Bench, EVERYDAY, brokenRows, subjects } from '../app.mjs';
import { pause } from '../browser.mjs';
import { Ledger, random } from '../ledger.mjs';

export const LONG = { chromium: 200, firefox: 50 };
export const SHORT = { chromium: 4, firefox: 2 };

// A profile grows with each round; after so many a new one is begun.
const ROUNDS_IN_PROFILE = 20;
const LONGEST_WORK = 6_000;
const LONGEST_RESTORE = 1_500;

export async function run({ engine, rounds, seed, dist, subject = subjects(dist).ours, pace, say = () => {} }) {
  const chance = random(seed);
  const bench = await Bench.open(engine, subject);
  const total = { rounds: 0, acknowledged: 0, edits: 0, lost: 0, torn: 0, strange: 0, shut: 0, half: 0, restores: 0, early: 0 };
  const details = [];
  let ledger = new Ledger();
  let alternative = null;
  let saved = null;
  let hasBackups = null;

  const verify = async round => {
    const library = await bench.readBack();
    let report = ledger.check(library);
    // A restore that was under way may have happened or not, but wholly.
    if (alternative) {
      const other = alternative.ledger.check(library);
      const sum = ({ lost, torn, strange, shut }) => lost + torn + strange + shut;
      if (alternative.isCertain || sum(other) < sum(report)) report = other;
      alternative = null;
    }
    for (const kind of ['lost', 'torn', 'strange', 'shut']) total[kind] += report[kind];
    const half = subject.name === 'ours' ? brokenRows(await bench.rows()) : [];
    total.half += half.length;
    if (report.lost + report.torn + report.strange + report.shut + half.length > 0) {
      details.push({ round, ...report, half });
      say(`  round ${round}: ${JSON.stringify({ ...report, half }).slice(0, 1500)}`);
    }
    ledger = new Ledger();
    ledger.rebase(library);
    return library;
  };

  try {
    for (let round = 0; round < rounds; round += 1) {
      const isFresh = round % ROUNDS_IN_PROFILE === 0;
      if (isFresh && round > 0) {
        await bench.start();
        await bench.load();
        await verify(round);
        await bench.browser.kill();
      }
      if (isFresh) {
        bench.freshProfile();
        ledger = new Ledger();
        saved = null;
      }
      await bench.start();
      await bench.load();
      if (!isFresh) await verify(round);
      hasBackups ??= await bench.canBackUp();
      const willRestore = hasBackups && saved && chance.next() < 0.25;
      if (hasBackups && !isFresh && chance.next() < 0.2) {
        const copy = new Ledger();
        copy.rebase(await bench.readBack());
        saved = { path: await bench.backUp(), ledger: copy };
      }
      bench.server.onLog = entry => ledger.take(entry);
      if (chance.next() < 0.1 && !isFresh) {
        // Killed while the page starts.
        total.early += 1;
        bench.browser.go(bench.address()).catch(() => {});
        await pause(chance.between(0, 600));
      } else if (willRestore) {
        total.restores += 1;
        await bench.work({ seed: chance.below(2 ** 31), weights: EVERYDAY, live: true, edits: 10 });
        await bench.finished();
        const mode = chance.pick(['Merge', 'Replace']);
        await bench.chooseBackup(saved.path, mode);
        await bench.startRestore();
        const end = Date.now() + chance.below(LONGEST_RESTORE);
        let isDone = false;
        while (Date.now() < end && !isDone) isDone = await bench.restored(0).catch(() => false);
        // Everything in the backup is older than what is there: merging changes nothing.
        if (mode === 'Replace') alternative = { ledger: saved.ledger, isCertain: isDone };
      } else {
        await bench.work({ seed: chance.below(2 ** 31), weights: EVERYDAY, live: true, firstImport: 30, pace });
        await pause(chance.between(20, LONGEST_WORK));
        const progress = await bench.progress();
        if (progress.error) {
          details.push({ round, error: progress.error });
          say(`  round ${round}, in the page: ${progress.error}`);
        }
      }
      await bench.browser.kill();
      bench.server.onLog = () => {};
      total.rounds += 1;
      total.acknowledged += ledger.countAcknowledged();
      total.edits += ledger.edits;
    }
    await bench.start();
    await bench.load();
    await verify(rounds);
    await bench.browser.quit();
  } finally {
    await bench.close();
  }
  const bad = total.lost + total.torn + total.strange + total.shut + total.half;
  const pageErrors = details.filter(detail => detail.error).length;
  return {
    id: `kill-${engine}`,
    what: `edits or documents lost or left by halves over ${rounds} SIGKILLs of ${engine}`,
    ours: bad,
    unit: 'losses',
    goal: 0,
    met: bad === 0 && total.acknowledged > 0 && pageErrors === 0,
    notes: `${total.acknowledged} acknowledged of ${total.edits} edits; lost ${total.lost}, torn ${total.torn}, from nowhere ${total.strange}, `
      + `listed but shut ${total.shut}, half rows ${total.half}; ${total.early} kills while starting, ${total.restores} during a restore`
      + `${hasBackups ? '' : ' (no backup buttons in this build)'}${pageErrors ? `; ${pageErrors} rounds in which the page did not do what was asked` : ''}; ${bench.version}`,
    total,
    details,
  };
}
