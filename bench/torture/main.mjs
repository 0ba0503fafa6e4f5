// Runs the torture scenarios and keeps their results in bench/torture.json. Meant to be started by script/torture.
//
//   node bench/torture/main.mjs                        everything, the long form
//   node bench/torture/main.mjs --short                a few minutes
//   node bench/torture/main.mjs --only kill,tabs --engine chromium --rounds 5 --seed 7
//
// --no-write prints the table and leaves the file alone.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { ENGINES } from './browser.mjs';
import { here } from './server.mjs';

const SCENARIOS = ['kill', 'tabs', 'quota', 'corrupt', 'unreadable', 'roundtrip', 'losses'];
const project = resolve(here, '../..');
const output = join(project, 'bench/torture.json');

function options() {
  const wanted = { short: false, write: true, only: SCENARIOS, engines: ENGINES, rounds: null, seed: null };
  const rest = process.argv.slice(2);
  while (rest.length > 0) {
    const name = rest.shift();
    const value = () => rest.shift() ?? fail(`${name} needs a value`);
    if (name === '--short') wanted.short = true;
    else if (name === '--no-write') wanted.write = false;
    else if (name === '--only') wanted.only = value().split(',');
    else if (name === '--engine') wanted.engines = value().split(',');
    else if (name === '--rounds') wanted.rounds = Number(value());
    else if (name === '--seed') wanted.seed = Number(value());
    else fail(`unknown option ${name}`);
  }
  for (const name of wanted.only) if (!SCENARIOS.includes(name)) fail(`there is no scenario ${name}; there are ${SCENARIOS.join(', ')}`);
  for (const name of wanted.engines) if (!ENGINES.includes(name)) fail(`there is no engine ${name}; there are ${ENGINES.join(', ')}`);
  if (wanted.rounds !== null && !(wanted.rounds > 0)) fail('--rounds wants a number above 0');
  wanted.seed ??= Math.floor(Math.random() * 2 ** 31);
  return wanted;
}

function fail(message) {
  console.error(`torture: ${message}`);
  process.exit(2);
}

function commit() {
  try {
    const git = (...args) => execFileSync('git', ['-C', project, ...args], { encoding: 'utf8' }).trim();
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src', 'assets', 'locales', 'styles') ? '+' : '');
  } catch {
    return 'unknown';
  }
}

const machine = () => `${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`;

function keep(rows) {
  const old = existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')).rows : [];
  const plain = rows.map(({ id, what, ours, peer = null, ratio = null, unit, goal, met, notes }) => ({ id, what, ours, peer, ratio, unit, goal, met, notes }));
  const merged = [...old.filter(row => !plain.some(fresh => fresh.id === row.id)), ...plain].sort((a, b) => a.id.localeCompare(b.id));
  const whole = { commit: commit(), date: new Date().toISOString(), machine: machine(), rows: merged };
  writeFileSync(output, `${JSON.stringify(whole, null, 2)}\n`);
}

function table(rows) {
  const shown = rows.map(({ id, ours, peer, goal, unit, met, what }) => [
    id, ours === null ? '–' : String(ours), peer === undefined || peer === null ? '–' : String(peer), `${goal} ${unit}`, met === null ? 'skipped' : met ? 'yes' : 'NO', what,
  ]);
  const all = [['scenario', 'ours', 'peer', 'goal', 'met', 'what'], ...shown];
  const widths = all[0].map((_, column) => Math.max(...all.map(row => row[column].length)));
  return all.map(row => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}

const wanted = options();
const dist = resolve(process.env.CONCORD_DIST ?? join(project, 'dist'));
const rows = [];
let failures = 0;
console.log(`seed ${wanted.seed}`);
for (const name of wanted.only) {
  const scenario = await import(`./scenarios/${name}.mjs`);
  for (const engine of wanted.engines) {
    if (scenario.ENGINES && !scenario.ENGINES.includes(engine)) continue;
    const rounds = wanted.rounds ?? (wanted.short ? scenario.SHORT : scenario.LONG)[engine];
    console.log(`\n${name} in ${engine}, ${rounds} rounds`);
    const started = Date.now();
    try {
      const made = [await scenario.run({ engine, rounds, seed: wanted.seed, dist, isShort: wanted.short, say: line => console.log(line) })].flat();
      for (const row of made) {
        rows.push(row);
        console.log(`  ${row.id}: ${row.ours} ${row.unit}, ${row.met === null ? 'skipped' : row.met ? 'met' : 'NOT met'}; ${row.notes}`);
      }
    } catch (error) {
      failures += 1;
      console.error(`  ${name} in ${engine} could not be finished: ${error.stack}`);
    }
    console.log(`  ${Math.round((Date.now() - started) / 1000)} s`);
    if (wanted.write && rows.length > 0) keep(rows);
  }
}
console.log(`\n${table(rows)}`);
const isBad = failures > 0 || rows.some(row => row.met === false);
process.exit(isBad ? 1 : 0);
