// How the client of Hypothesis finds a passage again, stated anew from src/annotator/anchoring (html.ts, match-quote.ts):
// the position when the quote stands there, else the quote, exactly or with errors, the best match by words, context
// and place. It has no threshold below which a match is refused.
import search from 'approx-string-match';

const WEIGHT = { quote: 50, prefix: 20, suffix: 20, position: 2 };
const MOST_ERRORS = 256;

function matches(text, pattern, maxErrors) {
  const exact = [];
  for (let start = text.indexOf(pattern); start >= 0; start = text.indexOf(pattern, start + 1)) {
    exact.push({ start, end: start + pattern.length, errors: 0 });
  }
  return exact.length > 0 ? exact : search(text, pattern, maxErrors);
}

function likeness(text, pattern) {
  if (text === '' || pattern === '') return 0;
  return 1 - matches(text, pattern, pattern.length)[0].errors / pattern.length;
}

export function matchQuote(text, { exact, prefix, suffix }, hint) {
  if (exact === '') return null;
  const scored = matches(text, exact, Math.min(MOST_ERRORS, exact.length / 2)).map(({ start, end, errors }) => {
    const before = prefix ? likeness(text.slice(Math.max(0, start - prefix.length), start), prefix) : 1;
    const after = suffix ? likeness(text.slice(end, end + suffix.length), suffix) : 1;
    const score = WEIGHT.quote * (1 - errors / exact.length) + WEIGHT.prefix * before + WEIGHT.suffix * after
      + WEIGHT.position * (1 - Math.abs(start - hint) / text.length);
    return { start, end, score };
  });
  if (scored.length === 0) return null;
  const { start, end } = scored.reduce((best, match) => (match.score > best.score ? match : best));
  return { start, end };
}

// Offsets are those of JavaScript strings.
export function anchor(text, { quote, position }) {
  const { start, end } = position;
  return text.slice(start, end) === quote.exact ? { start, end } : matchQuote(text, quote, start);
}
