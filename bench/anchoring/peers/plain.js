// The browser alone: all passages as static ranges of one Highlight.
import { places } from './spans.js';

export function highlightAll(container, annotations) {
  const ranges = places(container, annotations).map(({ node, start, end }) => new StaticRange({
    startContainer: node, startOffset: start, endContainer: node, endOffset: end,
  }));
  const highlight = new Highlight();
  for (const range of ranges) highlight.add(range);
  CSS.highlights.set('all', highlight);
  return ranges;
}

// What is highlighted in these paragraphs: the ranges come in the order of the annotations.
export function highlighted(annotations, blocks) {
  return [...CSS.highlights.get('all')].flatMap(({ startContainer, startOffset, endOffset }, n) => {
    const block = Number(startContainer.parentElement.dataset.block);
    return blocks.includes(block) ? [{ id: annotations[n].id, text: startContainer.data.slice(startOffset, endOffset) }] : [];
  });
}
