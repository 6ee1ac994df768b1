/** The element of the page with an id; the template and the code belong together, so a missing one throws. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element as T;
}

/** Makes an element from text and other elements. Strings become text nodes, never markup. */
export function create<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: { readonly className?: string; readonly title?: string; readonly tone?: string } = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (properties.className) element.className = properties.className;
  if (properties.title) element.title = properties.title;
  if (properties.tone) element.dataset.tone = properties.tone;
  element.append(...children);
  return element;
}

/** Sets an element's text only when it changes, so that nothing is laid out anew without need. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Returns a function that runs `work` once before the next frame is drawn, however often it is called. */
export function oncePerFrame(work: () => void): () => void {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      work();
    });
  };
}
