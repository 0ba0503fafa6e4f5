// The browser alone: all passages as static ranges of one Highlight.
import { places } from './spans.js';

export function highlightAll(container, annotations) {
  const ranges = places(container, annotations).map(({ node, start, end }) => new StaticRange({
    startContainer: node, startOffset: start, endContainer: node, endOffset: end,
  }));
  CSS.highlights.set('all', new Highlight(...ranges));
  return ranges;
}
