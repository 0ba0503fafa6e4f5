// Where the positions of Web Annotations lie in the paragraphs of the page.
export function places(container, annotations) {
  const nodes = [...container.querySelectorAll('[data-block]')].map(block => block.firstChild);
  const starts = [];
  let offset = 0;
  for (const node of nodes) {
    starts.push(offset);
    offset += node.length;
  }
  const blockAt = position => {
    let [low, high] = [0, starts.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= position) low = middle;
      else high = middle;
    }
    return low;
  };
  return annotations.map(annotation => {
    const { start, end } = annotation.target.selector.find(({ type }) => type === 'TextPositionSelector');
    const block = blockAt(start);
    return { annotation, block, node: nodes[block], start: start - starts[block], end: end - starts[block] };
  });
}
