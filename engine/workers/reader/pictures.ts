/** Image formats inside office files that can be drawn; the drawings (EMF, WMF, SVG) cannot. */
const DRAWN = /\.(png|jpe?g|bmp|gif|webp|tiff?)$/i;

export const isPicturePart = (name: string): boolean => DRAWN.test(name);

/** The pictures in one folder of an office container, in the order of their numbers. */
export function picturesIn(names: readonly string[], folder: string): string[] {
  return names.filter((name) => name.startsWith(folder) && isPicturePart(name)).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
