// Rows of bench/results.json: how two samples become one, and how the file takes them in.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figures, median, ratioOf, round, roundRatio } from './stats.mjs';

export const project = resolve(fileURLToPath(new URL('.', import.meta.url)), '../..');
const output = join(project, 'bench/results.json');

// One row from a sample of each side. `of` is the figure that is compared; the goal is one of the ratio, how many times
// as long as ours the peer takes, unless `isMet` says otherwise. A peer that was capped has no sample: its figure is the
// cap, and the ratio says at least how much it is.
export function row({ id, what, ours, peer, cap, of = median, unit = 'ms', digits = 1, goal = null, isMet, source, notes }) {
  const mine = of(ours);
  const isCapped = peer.length === 0;
  const least = cap * 1_000 / mine;
  const { ratio, low, high } = isCapped ? { ratio: least } : ratioOf(source, peer, ours, of);
  const reached = isMet ? isMet(mine) : ratio >= goal;
  return {
    id, what,
    ours: round(mine, digits),
    peer: isCapped ? `>${cap * 1_000}` : round(of(peer), digits),
    ratio: isCapped ? `>${roundRatio(ratio)}` : roundRatio(ratio),
    // A ratio that is only known to be larger than something below the goal decides nothing.
    unit, goal, met: goal === null || (isCapped && !isMet && !reached) ? null : reached,
    notes: [
      `ours ${figures(ours, digits)}`,
      isCapped ? `peer stopped after ${cap} s` : `peer ${figures(peer, digits)}; ratio ${roundRatio(low)} to ${roundRatio(high)} (95 %)`,
      ...notes,
    ].join('; '),
  };
}

function commit() {
  try {
    const git = (...args) => execFileSync('git', ['-C', project, ...args], { encoding: 'utf8' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src', 'assets', 'locales', 'styles') ? '+' : '');
  } catch {
    return 'unknown';
  }
}

// The build that was measured, by the name that its service worker has: it may be older than the commit.
function build(dist) {
  const worker = join(dist, 'sw.js');
  return existsSync(worker) ? readFileSync(worker, 'utf8').match(/BUILD = "([^"]+)"/)?.[1] ?? null : null;
}

export const about = dist => ({
  commit: commit(), build: build(dist), date: new Date().toISOString(),
  machine: `${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`,
});

// Rows of other measurements stay; commit, build and date are those of the start of the last run.
export function keep(about, rows) {
  const old = existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')).rows : [];
  const merged = [...old.filter(row => !rows.some(fresh => fresh.id === row.id)), ...rows].sort((a, b) => a.id.localeCompare(b.id));
  writeFileSync(output, `${JSON.stringify({ ...about, rows: merged }, null, 2)}\n`);
}

export function table(heads, lines) {
  const all = [heads, ...lines].map(line => line.map(String));
  const widths = heads.map((_, column) => Math.max(...all.map(line => line[column].length)));
  return all.map(line => line.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}

export const summary = rows => table(['id', 'ours', 'peer', 'ratio', 'goal', 'met'], rows.map(({ id, ours, peer, ratio, unit, goal, met }) => [
  id, `${ours} ${unit}`, `${peer} ${unit}`, ratio, goal ?? '–', met === null ? '–' : met ? 'yes' : 'NO',
]));
