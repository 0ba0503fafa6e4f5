// Text nodes cut and wrapped in <mark>, as mark.js and browser extensions do, without anything beside that.
import { places } from './spans.js';

export function wrapAll(container, annotations) {
  for (const { annotation, node, start, end } of places(container, annotations)) {
    // The paragraph may have been cut by earlier marks.
    const walker = document.createTreeWalker(node.parentElement.closest('[data-block]'), NodeFilter.SHOW_TEXT);
    const inside = [];
    let offset = 0;
    for (let text = walker.nextNode(); text && offset < end; text = walker.nextNode()) {
      if (offset + text.length > start) inside.push([text, Math.max(start - offset, 0), Math.min(end - offset, text.length)]);
      offset += text.length;
    }
    for (const [text, from, to] of inside) {
      if (to < text.length) text.splitText(to);
      const part = from > 0 ? text.splitText(from) : text;
      const mark = document.createElement('mark');
      mark.dataset.annotation = annotation.id;
      part.replaceWith(mark);
      mark.append(part);
    }
  }
}

export const isPainted = () => document.querySelector('mark') !== null;

export function highlighted(container, blocks) {
  const texts = new Map();
  for (const block of blocks) {
    for (const mark of container.children[block].querySelectorAll('mark')) {
      const { annotation } = mark.dataset;
      texts.set(annotation, (texts.get(annotation) ?? '') + mark.textContent);
    }
  }
  return [...texts].map(([id, text]) => ({ id, text }));
}
