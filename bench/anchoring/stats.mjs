// The figures of a sample, and how far a ratio of two samples can be trusted.
import { loadavg } from 'node:os';

const RESAMPLES = 2_000;

export function quantile(sample, part) {
  const sorted = [...sample].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low);
}

export const median = sample => quantile(sample, 0.5);
export const p95 = sample => quantile(sample, 0.95);
export const sum = sample => sample.reduce((total, value) => total + value, 0);
export const round = (value, digits = 1) => Number(value.toFixed(digits));

// Median, 95th percentile and extremes, for the notes of a row.
export const figures = (sample, digits = 1) => {
  const [middle, high, least, most] = [median(sample), p95(sample), Math.min(...sample), Math.max(...sample)].map(value => round(value, digits));
  return `median ${middle}, p95 ${high}, ${least} to ${most}`;
};

// How many times ours goes into the peer's: `of` both samples, with the 95 % interval of a bootstrap that draws from
// each sample anew. The samples are not paired: who came first in a round was a matter of chance.
export function ratioOf(source, peer, ours, of = median) {
  const draw = sample => sample.map(() => source.pick(sample));
  const drawn = Array.from({ length: RESAMPLES }, () => of(draw(peer)) / of(draw(ours)));
  return { ratio: of(peer) / of(ours), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

// Digits that mean something: two behind the point for small ratios, none for large ones.
export const roundRatio = value => round(value, value < 10 ? 2 : value < 100 ? 1 : 0);

// The same things in another order each round.
export function shuffled(source, list) {
  const rest = [...list];
  const order = [];
  while (rest.length > 0) order.push(...rest.splice(source.below(rest.length), 1));
  return order;
}

// What else the machine was doing, from here until asked.
export function watchLoad() {
  const before = loadavg()[0];
  return () => `load average ${round(before, 2)} before, ${round(loadavg()[0], 2)} after`;
}
