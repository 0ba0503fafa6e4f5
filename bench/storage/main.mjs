// Measures storage and merges the rows into bench/results.json. Meant to be started by script/bench.
//
//   node bench/storage/main.mjs                                        all, some quarter of an hour
//   node bench/storage/main.mjs --only import-10k,start-1000 --rounds 5 --seed 7
//
// --no-write prints the table and leaves the file alone. --profile FOLDER also keeps sampling profiles of the page.
// Every case starts browsers on fresh profiles, ours and peer in an order given by the seed, and checks what is stored
// or shown before a time counts. CONCORD_DIST names another build than dist/.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { profilerInto } from './profiler.mjs';

const CASES = { 'edit-ack-100k': 'edit-ack', 'import-10k': 'import', 'cold-read-10k': 'cold-read', 'start-1000': 'start' };
const project = resolve(fileURLToPath(new URL('.', import.meta.url)), '../..');
const output = join(project, 'bench/results.json');

function options() {
  const wanted = { write: true, only: Object.keys(CASES), rounds: null, seed: null, profile: null };
  const rest = process.argv.slice(2);
  while (rest.length > 0) {
    const name = rest.shift();
    const value = () => rest.shift() ?? fail(`${name} needs a value`);
    if (name === '--no-write') wanted.write = false;
    else if (name === '--only') wanted.only = value().split(',');
    else if (name === '--rounds') wanted.rounds = Number(value());
    else if (name === '--seed') wanted.seed = Number(value());
    else if (name === '--profile') wanted.profile = resolve(value());
    else fail(`unknown option ${name}`);
  }
  for (const name of wanted.only) if (!CASES[name]) fail(`there is no measurement ${name}; there are ${Object.keys(CASES).join(', ')}`);
  if (wanted.rounds !== null && !(wanted.rounds > 0)) fail('--rounds wants a number above 0');
  wanted.seed ??= Math.floor(Math.random() * 2 ** 31);
  return wanted;
}

function fail(message) {
  console.error(`bench: ${message}`);
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

// The build that was measured, by the name that its service worker has: CONCORD_DIST may be older than the commit.
function build() {
  const worker = join(dist, 'sw.js');
  return existsSync(worker) ? readFileSync(worker, 'utf8').match(/BUILD = "([^"]+)"/)?.[1] ?? null : null;
}

const machine = () => `${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`;

// Rows of other measurements stay; commit, build and date are those of the start of the last run.
function keep(rows) {
  const old = existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')).rows : [];
  const merged = [...old.filter(row => !rows.some(fresh => fresh.id === row.id)), ...rows].sort((a, b) => a.id.localeCompare(b.id));
  const whole = { ...about, rows: merged };
  writeFileSync(output, `${JSON.stringify(whole, null, 2)}\n`);
}

function table(rows) {
  const shown = rows.map(({ id, ours, peer, ratio, goal, unit, met }) => [
    id, `${ours} ${unit}`, `${peer} ${unit}`, String(ratio), goal === null ? '–' : String(goal), met === null ? '–' : met ? 'yes' : 'NO',
  ]);
  const all = [['id', 'ours', 'peer', 'ratio', 'goal', 'met'], ...shown];
  const widths = all[0].map((_, column) => Math.max(...all.map(row => row[column].length)));
  return all.map(row => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}

const wanted = options();
const dist = resolve(process.env.CONCORD_DIST ?? join(project, 'dist'));
if (wanted.profile) mkdirSync(wanted.profile, { recursive: true });
const profiler = wanted.profile ? profilerInto(wanted.profile) : null;
const about = { commit: commit(), build: build(), date: new Date().toISOString(), machine: machine() };
const rows = [];
let failures = 0;
console.log(`seed ${wanted.seed}`);
for (const name of wanted.only) {
  const measured = await import(`./cases/${CASES[name]}.mjs`);
  const rounds = wanted.rounds ?? measured.ROUNDS;
  console.log(`\n${name}, ${rounds} rounds`);
  const started = Date.now();
  try {
    for (const row of await measured.run({ dist, rounds, seed: wanted.seed, say: line => console.log(line), profiler })) {
      rows.push(row);
      console.log(`  ${row.id}: ${row.what}\n    ${row.notes}`);
    }
  } catch (error) {
    failures += 1;
    console.error(`  ${name} could not be measured: ${error.stack}`);
  }
  console.log(`  ${Math.round((Date.now() - started) / 1000)} s`);
  if (wanted.write && rows.length > 0) keep(rows);
}
console.log(`\n${table(rows)}`);
process.exit(failures > 0 || rows.some(row => row.met === false) ? 1 : 0);
