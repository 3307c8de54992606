/** Colours of the page's style sheet as numbers, for canvases: they follow the theme in which an element is shown. */

export type Colour = readonly [red: number, green: number, blue: number];

/** What a custom property comes to for this element. */
export function colourOf(element: HTMLElement, property: string): Colour {
  const before = element.style.color;
  element.style.color = `var(${property})`;
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(element).color.match(/[\d.]+/g) ?? []).map(Number);
  element.style.color = before;
  return [red, green, blue];
}

/** Between two colours: 0 is the first. */
export const between = (a: Colour, b: Colour, share: number): Colour => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];

/** As a pixel of `ImageData`, seen as a word: canvases keep red first, and every browser's machine the low byte first. */
export const pixel = ([red, green, blue]: Colour): number => ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;

export const css = ([red, green, blue]: Colour): string => `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)})`;

/** From faint to strong: the longer a chain, the nearer to ink. */
export function chainRamp(element: HTMLElement, most: number): Colour[] {
  const [from, to] = [colourOf(element, '--line'), colourOf(element, '--ink')];
  return Array.from({ length: most + 1 }, (_, chain) => between(from, to, chain <= 1 ? 0 : Math.min(1, 0.2 + (0.8 * (chain - 1)) / Math.max(1, most - 1))));
}
