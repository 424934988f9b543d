type Attributes = Readonly<Record<string, string>>;

/** An element with attributes and children; strings become text, never HTML. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export function makeSvg(tag: string, attributes: Attributes, ...children: readonly (Node | string)[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Sets an attribute, or removes it if the value is undefined. */
export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

/**
 * Returns a function that focuses what had the focus last. It also runs when the page gets the focus, because VS Code gives it
 * to no element of the page. `findAgain`: the element that took the place of one that was drawn again.
 */
export function createFocusKeeper(findAgain?: (lost: HTMLElement) => HTMLElement | null): () => void {
  let last: HTMLElement | undefined;
  document.addEventListener('focusin', ({ target }) => {
    last = target instanceof HTMLElement ? target : undefined;
  });
  const focusAgain = (): void => {
    const again = last && !last.isConnected ? findAgain?.(last) : last;
    again?.focus();
  };
  window.addEventListener('focus', () => {
    if (document.activeElement === document.body) {
      focusAgain();
    }
  });
  return focusAgain;
}

/**
 * Renders a part of the page only if its value changes, so that focus and selection stay. A focused element is found again
 * by its action or its name. If it is gone, the focus moves to another element of the part. `onEmpty`: moves the focus if
 * there is none. `keeps`: where only texts change, such as an age, the elements stay, and with them a press, the selection and
 * the silence of screen readers; their listeners must not depend on the value.
 */
export function createRegion<T>(
  element: HTMLElement,
  draw: (value: T) => readonly Node[],
  { onEmpty, keeps = false }: { readonly onEmpty?: () => void; readonly keeps?: boolean } = {},
): (value: T) => void {
  let last = '';
  return (value) => {
    const key = JSON.stringify(value);
    if (key === last) {
      return;
    }
    last = key;
    const drawn = draw(value);
    if (keeps && takeTexts(element, drawn)) {
      return;
    }
    const focused = element.contains(document.activeElement) ? document.activeElement : null;
    const action = focused?.getAttribute('data-action');
    element.replaceChildren(...drawn);
    if (focused) {
      const find = (selector: string): HTMLElement[] => [...element.querySelectorAll<HTMLElement>(selector)];
      const others = find('[tabindex]');
      const next =
        (action ? find(`[data-action="${action}"]`)[0] : undefined) ??
        find('[tabindex="0"]')[0] ??
        others.find((each) => each.getAttribute('aria-label') === focused.getAttribute('aria-label')) ??
        others.at(-1) ??
        find('button')[0];
      if (next) {
        next.focus();
      } else {
        onEmpty?.();
      }
    }
  };
}

/** Takes texts and attributes over into elements of the same structure. `false`: the structure differs, and nothing changed. */
function takeTexts(parent: Element, drawn: readonly Node[]): boolean {
  const pairs: (readonly [Node, Node])[] = [];
  const isSame = (before: readonly Node[], after: readonly Node[]): boolean =>
    before.length === after.length &&
    before.every((each, index) => {
      const other = after[index];
      if (!other || each.nodeName !== other.nodeName || actionOf(each) !== actionOf(other)) {
        return false;
      }
      pairs.push([each, other]);
      return isSame([...each.childNodes], [...other.childNodes]);
    });
  if (!isSame([...parent.childNodes], drawn)) {
    return false;
  }
  for (const [before, after] of pairs) {
    if (before instanceof Element && after instanceof Element) {
      for (const { name, value } of after.attributes) {
        setAttribute(before, name, value);
      }
    } else if (before.nodeValue !== after.nodeValue) {
      before.nodeValue = after.nodeValue;
    }
  }
  return true;
}

function actionOf(node: Node): string | null {
  return node instanceof Element ? node.getAttribute('data-action') : null;
}
