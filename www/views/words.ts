/** The front door's words: they stand in `index.html`, so that they can be read before any script has come. */

let words: readonly Node[] | null = null;

/** Takes the words out of the document, once; the gallery shows the same nodes from then on. */
export function frontWords(): readonly Node[] {
  if (!words) {
    const stands = document.getElementById('words');
    words = [...(stands?.childNodes ?? [])];
    stands?.remove();
  }
  return words;
}
